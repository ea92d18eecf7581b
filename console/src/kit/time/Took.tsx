import { useMoment } from '../live/moment.ts';
import { useNow } from './clock.ts';
import { duration } from './words.ts';

/** How long something took, or takes so far: at the moment that is looked at. */
export function Took({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const now = useNow();
  const moment = useMoment();
  if (!from) return null;
  if (to) return duration(Date.parse(to) - Date.parse(from));
  // The time of a position is not known here; to count on until now would be a lie.
  if (moment?.position !== undefined) return <span className="dimmed">goes on</span>;
  const until = moment?.time ? Date.parse(moment.time) : now;
  return `${duration(Math.max(0, until - Date.parse(from)))} so far`;
}
