// The position of what the page in view shows, for links to exactly that.
import { useEffect } from 'react';
import { Observed } from './observed.ts';

export const shown = new Observed<string | undefined>(undefined);

/** What shows a page tells its position. */
export function useShown(position: string | undefined) {
  useEffect(() => {
    shown.set(position);
    return () => shown.set(undefined);
  }, [position]);
}
