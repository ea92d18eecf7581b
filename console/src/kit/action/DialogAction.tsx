// An action that asks first. Each opening begins anew, with what is known then; so a dialog may keep what it was opened with in its state.
import type { ButtonProps } from '@mantine/core';
import { Fragment, type ReactNode, useState } from 'react';
import { Action, type Possibility } from './Action.tsx';

export interface Dialog {
  isOpen: boolean;
  close: () => void;
}

interface Props extends Omit<ButtonProps, 'children'> {
  label: string;
  may?: Possibility | undefined;
  children: (dialog: Dialog) => ReactNode;
}

export function DialogAction({ label, may, children, ...button }: Props) {
  const [turn, setTurn] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    setTurn(turn + 1);
    setOpen(true);
  };
  return (
    <>
      <Action may={may} onClick={open} {...button}>
        {label}
      </Action>
      {turn > 0 && <Fragment key={turn}>{children({ isOpen, close: () => setOpen(false) })}</Fragment>}
    </>
  );
}
