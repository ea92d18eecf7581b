// The day that the overview is about, in the time zone of whoever looks. Steps of an hour keep what is asked for the same while somebody looks.
const HOUR = 3_600_000;

export function startOfDay(at: number): string {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.toISOString();
}

/** So many days before, to the hour. */
export function agoAt(at: number, days: number): string {
  return new Date(Math.floor(at / HOUR) * HOUR - days * 24 * HOUR).toISOString();
}
