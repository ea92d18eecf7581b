// How long something is good for, to choose from.
const HOUR = 3_600_000;

export const SPANS = [
  { value: 'hour', label: 'One hour', milliseconds: HOUR },
  { value: 'day', label: 'One day', milliseconds: 24 * HOUR },
  { value: 'week', label: 'One week', milliseconds: 7 * 24 * HOUR },
  { value: 'month', label: '30 days', milliseconds: 30 * 24 * HOUR },
  { value: 'year', label: 'One year', milliseconds: 365 * 24 * HOUR },
] as const;

export type Span = (typeof SPANS)[number]['value'];

/** The time at which it is over, in RFC 3339. */
export function endOf(span: Span, now: number): string {
  const { milliseconds } = SPANS.find(({ value }) => value === span) ?? SPANS[0];
  return new Date(now + milliseconds).toISOString();
}
