// Looks into data whose shape nobody promised: of events, which a newer server may write otherwise.

export type Members = Readonly<Record<string, unknown>>;

export function isThere(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** None where it is no object. */
export function membersOf(value: unknown): Members {
  return isThere(value) ? (value as Members) : {};
}

/** Of a list; none where it is no list. */
export function eachOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.map(membersOf) : [];
}

/** Empty where it is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `updateAvailable` of the log is `UPDATE_AVAILABLE` of the API. */
export function constantOf(logged: unknown): string {
  return textOf(logged)
    .replace(/([A-Z])/g, '_$1')
    .toUpperCase();
}
