// Equal parts of two answers stay the same objects, so that what has not changed is not painted again.

export function share<T>(before: unknown, next: T): T {
  return shared(before, next) as T;
}

function shared(before: unknown, next: unknown): unknown {
  if (Object.is(before, next)) return before;
  if (Array.isArray(before) && Array.isArray(next)) {
    const merged = next.map((value, index) => shared(before[index], value));
    return merged.length === before.length && merged.every((value, index) => value === before[index]) ? before : merged;
  }
  if (isRecord(before) && isRecord(next)) {
    const merged: Record<string, unknown> = {};
    let isEqual = Object.keys(before).length === Object.keys(next).length;
    for (const [key, value] of Object.entries(next)) {
      merged[key] = shared(before[key], value);
      isEqual &&= merged[key] === before[key] && key in before;
    }
    return isEqual ? before : merged;
  }
  return next;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
