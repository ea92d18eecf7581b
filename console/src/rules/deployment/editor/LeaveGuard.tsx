// Asks before what was typed is lost.
import { Button, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useRef } from 'react';
import type { Drafting } from './useDraft.ts';

/** `pass` lets the next way out be taken unasked: what is saved is not lost. */
export function useLeaveGuard({ isDirty, forget }: Drafting) {
  const isPassing = useRef(false);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && !isPassing.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty && !isPassing.current,
    withResolver: true,
  });
  const pass = () => {
    isPassing.current = true;
    forget();
  };
  const guard = (
    <Modal opened={blocker.status === 'blocked'} onClose={() => blocker.reset?.()} title="Leave without saving?">
      <div className="stack">
        <p>What you changed here is not saved, and is lost if you go.</p>
        <div className="bar">
          <span className="grow" />
          <Button onClick={() => blocker.reset?.()} data-autofocus>
            Stay here
          </Button>
          <Button
            variant="filled"
            color="red"
            onClick={() => {
              pass();
              blocker.proceed?.();
            }}
          >
            Leave without saving
          </Button>
        </div>
      </div>
    </Modal>
  );
  return { guard, pass };
}
