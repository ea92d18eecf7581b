// An action that asks first. Each opening begins anew, with what is known then; so a dialog may keep what it was opened with in its state.
import type { ButtonProps } from '@mantine/core';
import { Fragment, type ReactNode, useState } from 'react';
import { useMoment } from '../live/moment.ts';
import { Action, type Possibility } from './Action.tsx';
import { refusalOf } from './refusal.ts';

export interface Dialog {
  isOpen: boolean;
  close: () => void;
}

interface Props extends Omit<ButtonProps, 'children'> {
  label: string;
  may?: Possibility | undefined;
  /** Whether it stands in each row of a list: there nothing is shown that cannot be done, since the page has said why. */
  isInRow?: boolean;
  children: (dialog: Dialog) => ReactNode;
}

export function DialogAction({ label, may, isInRow = false, children, ...button }: Props) {
  const [turn, setTurn] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const isPast = useMoment() !== undefined;
  const open = () => {
    setTurn(turn + 1);
    setOpen(true);
  };
  if (isInRow && (isPast || refusalOf(may))) return null;
  return (
    <>
      <Action may={may} onClick={open} {...(isInRow ? { size: 'compact-xs' } : {})} {...button}>
        {label}
      </Action>
      {turn > 0 && <Fragment key={turn}>{children({ isOpen, close: () => setOpen(false) })}</Fragment>}
    </>
  );
}
