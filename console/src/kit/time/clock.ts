// The clocks of the whole page: what they tell moves together, and only while somebody looks.
import { useSyncExternalStore } from 'react';

/** How often relative times are written anew, in milliseconds. */
const TICK = 10_000;
/** How often it is written anew how long something takes so far, in milliseconds. */
const SECOND = 1_000;

/** A clock that stands still while nobody reads it. */
function clockOf(tick: number) {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listen = (listener: () => void) => {
    listeners.add(listener);
    if (!timer) {
      now = Date.now();
      timer = setInterval(() => {
        if (document.hidden) return;
        now = Date.now();
        for (const each of [...listeners]) each();
      }, tick);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
  return { listen, read: () => now };
}

const slow = clockOf(TICK);
const quick = clockOf(SECOND);

export function useNow(): number {
  return useSyncExternalStore(slow.listen, slow.read);
}

/** To the second. */
export function useSeconds(): number {
  return useSyncExternalStore(quick.listen, quick.read);
}
