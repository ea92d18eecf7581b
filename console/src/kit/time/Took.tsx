import { useMoment } from '../live/moment.ts';
import { useSeconds } from './clock.ts';
import { duration } from './words.ts';

/** How long something took, or takes so far: at the moment that is looked at. */
export function Took({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const moment = useMoment();
  if (!from) return null;
  if (to) return duration(Date.parse(to) - Date.parse(from));
  // The time of a position is not known here; to count on until now would be a lie.
  if (moment?.position !== undefined) return <span className="dimmed">goes on</span>;
  return moment?.time ? soFar(Date.parse(from), Date.parse(moment.time)) : <Running since={Date.parse(from)} />;
}

function Running({ since }: { since: number }) {
  return soFar(since, useSeconds());
}

/** In whole seconds: the clock has no finer ones. */
function soFar(since: number, until: number): string {
  const seconds = Math.max(0, Math.floor((until - since) / 1000));
  return `${seconds === 0 ? '0 s' : duration(seconds * 1000)} so far`;
}
