// A dialog in which something can be written. Whoever leaves it otherwise than by a button that says so, by Escape or by a click beside it, is
// asked first where something was: it was hardly meant, and would be lost.
import { Modal, type ModalProps } from '@mantine/core';
import { type SyntheticEvent, useEffect, useState } from 'react';
import { Leave } from './Leave.tsx';

interface Props extends ModalProps {
  /** Whether what was written is lost with the dialog; not once it was sent. */
  isLossy?: boolean;
}

export function FormModal({ opened, onClose, isLossy = true, children, ...modal }: Props) {
  const [isWritten, setWritten] = useState(false);
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (opened) return;
    setWritten(false);
    setAsking(false);
  }, [opened]);
  const write = () => setWritten(true);
  return (
    <Modal.Stack>
      <Modal
        {...modal}
        stackId="form"
        opened={opened}
        onClose={isWritten && isLossy ? () => setAsking(true) : onClose}
        // What a field does with its own events is its affair: that it was used is heard here.
        onInputCapture={write}
        // Editors of code take these over, and the field of a choice hears of none.
        onPasteCapture={write}
        onDropCapture={write}
        onClickCapture={(event) => isOfOption(event) && write()}
      >
        {children}
      </Modal>
      <Leave isOpen={isAsking} stay={() => setAsking(false)} leave={onClose} stackId="leave" />
    </Modal.Stack>
  );
}

function isOfOption({ target }: SyntheticEvent): boolean {
  return target instanceof Element && target.closest('[role="option"]') !== null;
}
