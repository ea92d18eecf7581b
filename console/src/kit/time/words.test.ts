import { expect, test } from 'vitest';
import { duration, relativeTo } from './words.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');

test.each([
  ['2026-11-27T11:59:55Z', 'just now'],
  ['2026-11-27T12:00:12Z', 'just now'],
  ['2026-11-27T11:59:15Z', '45 seconds ago'],
  ['2026-11-27T11:01:00Z', '59 minutes ago'],
  ['2026-11-26T11:00:00Z', 'yesterday'],
  ['2026-11-27T14:30:00Z', 'in 2 hours'],
  ['2024-11-01T00:00:00Z', '2 years ago'],
])('%s is %s', (at, words) => {
  expect(relativeTo(Date.parse(at), NOW)).toBe(words);
});

test('durations have the two largest units', () => {
  expect([duration(312), duration(5000), duration(65_000), duration(7_500_000)]).toEqual(['312 ms', '5 s', '1 min 5 s', '2 h 5 min']);
});
