// The moment that is looked at: the past, the future, and what of what is in view can be compared with now.
import type { AsOf } from '~/kit/live/moment.ts';

/** Whether a moment has not come yet. A position in the future the server tells. */
export function isFuture(moment: AsOf, now: number): boolean {
  return moment.time !== undefined && Date.parse(moment.time) > now;
}

const COMPARABLE = /^\/(computers|tenants)\/([0-9a-f-]{36})$/;

/** The scope of a comparison: the computer or tenant in view, else all. */
export function scopeOf(pathname: string): { computer?: string; tenant?: string } {
  const [, place, id] = COMPARABLE.exec(pathname) ?? [];
  if (!id) return {};
  return place === 'computers' ? { computer: id } : { tenant: id };
}
