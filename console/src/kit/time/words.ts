// Times in words, and whole.

const STEPS: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [86_400 * 30, 'day'],
  [86_400 * 365, 'month'],
  [Number.POSITIVE_INFINITY, 'year'],
];
const LENGTHS: Partial<Record<Intl.RelativeTimeFormatUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 86_400 * 30,
  year: 86_400 * 365,
};
/** Less than this is "just now", in seconds. */
const JUST_NOW = 10;
/** What is so little ahead has happened, in seconds: the page's clock is behind by up to a tick, and servers' clocks differ a little. */
const AHEAD = 15;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export function relativeTo(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  if (seconds > -JUST_NOW && seconds < AHEAD) return 'just now';
  const [, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) as [number, Intl.RelativeTimeFormatUnit];
  return relative.format(Math.trunc(seconds / (LENGTHS[unit] as number)), unit);
}

/** In the time zone of whoever looks. */
export function inFull(at: number): string {
  return absolute.format(at);
}

/** "1 min 5 s": how long something took. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** As an input for a date and a time wants it: without a zone, in the one of whoever looks. */
export function localInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
