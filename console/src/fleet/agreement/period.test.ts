import { expect, test } from 'vitest';
import { periodWords } from './period.ts';

test.each([
  [null, null, 'always'],
  ['2026-01-01', null, 'from 1 Jan 2026 on'],
  [null, '2026-12-31', 'until 31 Dec 2026'],
  ['2026-01-01', '2026-12-31', '1 Jan 2026 to 31 Dec 2026'],
])('%s to %s is "%s"', (firstDay, lastDay, words) => {
  expect(periodWords({ firstDay, lastDay })).toBe(words);
});
