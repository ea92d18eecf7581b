import type { ReactNode } from 'react';
import { useMoment } from '../live/moment.ts';
import { PAST } from './Action.tsx';
import css from './action.module.css';
import { SaidOnce } from './Refusals.tsx';

/** What can be done with a thing, side by side, and behind it what cannot; in the past the one reason why nothing can. */
export function Actions({ children }: { children: ReactNode }) {
  const isPast = useMoment() !== undefined;
  if (isPast) return <p className={css.refused}>{PAST}</p>;
  return (
    <div className={css.actions}>
      <SaidOnce>
        <div className="bar">{children}</div>
      </SaidOnce>
    </div>
  );
}
