// Asks before what was typed is lost.
import { useBlocker } from '@tanstack/react-router';
import { useRef } from 'react';
import { Leave } from '~/kit/action/Leave.tsx';
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
    <Leave
      isOpen={blocker.status === 'blocked'}
      stay={() => blocker.reset?.()}
      leave={() => {
        pass();
        blocker.proceed?.();
      }}
    />
  );
  return { guard, pass };
}
