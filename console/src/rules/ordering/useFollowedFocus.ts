// The focus goes with what was moved: the button that was pressed may be gone, or in another list.
import { useEffect, useRef } from 'react';

/** `shown` is the order as text; what was followed is let go once nothing is on its way any more. */
export function useFollowedFocus(root: React.RefObject<HTMLElement | null>, shown: string, isSettled: boolean) {
  const followed = useRef<string>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the order has changed, and only then
  useEffect(() => {
    const row = followed.current && root.current?.querySelector(`[data-item="${followed.current}"]`);
    if (row && document.activeElement === document.body) row.querySelector('button')?.focus();
    if (isSettled) followed.current = undefined;
  }, [shown, isSettled]);
  return followed;
}
