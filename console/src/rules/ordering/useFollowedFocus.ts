// The focus goes with what was moved: the button that was pressed may be gone, or in another list.
import { useEffect, useRef } from 'react';

/** `shown` is another object whenever the order is another one. */
export function useFollowedFocus(shown: unknown) {
  const place = useRef<HTMLDivElement>(null);
  const followed = useRef<string>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the order has changed, and only then
  useEffect(() => {
    const row = followed.current && place.current?.querySelector(`[data-item="${followed.current}"]`);
    followed.current = undefined;
    if (row && document.activeElement === document.body) row.querySelector('button')?.focus();
  }, [shown]);
  return { place, followed };
}
