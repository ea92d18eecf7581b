import type { ReactNode } from 'react';
import { useMoment } from '../live/moment.ts';
import { PAST } from './Action.tsx';
import css from './action.module.css';

/** What can be done with a thing, side by side; in the past the one reason why nothing can. */
export function Actions({ children }: { children: ReactNode }) {
  const isPast = useMoment() !== undefined;
  return isPast ? <p className={css.refused}>{PAST}</p> : <div className="bar">{children}</div>;
}
