import { useNow } from './clock.ts';
import { duration } from './words.ts';

/** How long something took, or takes so far. */
export function Took({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const now = useNow();
  if (!from) return null;
  const took = duration(Math.max(0, (to ? Date.parse(to) : now) - Date.parse(from)));
  return to ? took : `${took} so far`;
}
