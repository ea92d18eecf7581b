// Something that can be done, or the reason why it cannot: never a grey button that says nothing.
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMoment } from '../live/moment.ts';
import css from './action.module.css';

/** Whether the viewer may, as the server says; the console repeats no rule. */
export interface Possibility {
  isAllowed: boolean;
  reason?: string | null;
}

interface Props extends Omit<ButtonProps, 'children'> {
  /** Always possible if not given; only the past forbids it then. */
  may?: Possibility | undefined;
  onClick: () => void;
  children: ReactNode;
}

export const PAST = 'You look at a past moment; go to now to change something.';

export function Action({ may, onClick, children, ...button }: Props) {
  const isPast = useMoment() !== undefined;
  const reason = isPast ? PAST : may && !may.isAllowed ? (may.reason ?? 'You may not do this.') : undefined;
  if (reason) {
    return (
      <span className={css.refused}>
        <span aria-hidden>⊘</span> {children}: <span className={css.reason}>{reason}</span>
      </span>
    );
  }
  return (
    <Button onClick={onClick} {...button}>
      {children}
    </Button>
  );
}
