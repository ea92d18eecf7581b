import { Button, Modal } from '@mantine/core';

interface Props {
  isOpen: boolean;
  stay: () => void;
  leave: () => void;
  /** Among the dialogs that it stands above. */
  stackId?: string;
}

/** Asks before what was written is lost. */
export function Leave({ isOpen, stay, leave, ...stack }: Props) {
  return (
    <Modal {...stack} opened={isOpen} onClose={stay} title="Leave without saving?">
      <div className="stack">
        <p>What you changed here is not saved, and is lost if you go.</p>
        <div className="bar">
          <span className="grow" />
          <Button onClick={stay} data-autofocus>
            Stay here
          </Button>
          <Button variant="filled" color="red" onClick={leave}>
            Leave without saving
          </Button>
        </div>
      </div>
    </Modal>
  );
}
