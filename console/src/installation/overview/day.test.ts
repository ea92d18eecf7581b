import { expect, test } from 'vitest';
import { agoAt, startOfDay } from './day.ts';

test('what is asked for stays the same within an hour', () => {
  const at = Date.parse('2026-11-28T02:10:00Z');
  expect(agoAt(at, 1)).toBe('2026-11-27T02:00:00.000Z');
  expect(agoAt(at + 49 * 60_000, 1)).toBe(agoAt(at, 1));
  expect(startOfDay(at)).toBe(startOfDay(at + 60_000));
});
