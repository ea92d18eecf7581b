// Something that can be done, or the reason why it cannot: never a grey button that says nothing.
import { Button, type ButtonProps } from '@mantine/core';
import { useMoment } from '../live/moment.ts';
import css from './action.module.css';
import { Refusals, useGathered } from './Refusals.tsx';
import { refusalOf } from './refusal.ts';

/** Whether the viewer may, as the server says; the console repeats no rule. */
export interface Possibility {
  isAllowed: boolean;
  reason?: string | null;
  /** Whether the server is still being asked: it is neither offered nor refused yet. */
  isAwaited?: boolean;
}

interface Props extends Omit<ButtonProps, 'children'> {
  /** Always possible if not given; only the past forbids it then. */
  may?: Possibility | undefined;
  onClick: () => void;
  children: string;
}

export const PAST = 'You look at a past moment; go to now to change something.';

export function Action({ may, onClick, children: label, ...button }: Props) {
  const isPast = useMoment() !== undefined;
  const reason = isPast ? PAST : refusalOf(may);
  const refusals = reason ? [{ label, reason }] : [];
  const isGathered = useGathered(refusals);
  if (reason) return isGathered ? null : <Refusals of={refusals} />;
  // Its place is kept, so that nothing moves when it comes.
  if (may?.isAwaited)
    return (
      <span className={css.awaited}>
        <Button {...button}>{label}</Button>
      </span>
    );
  return (
    <Button onClick={onClick} {...button}>
      {label}
    </Button>
  );
}
