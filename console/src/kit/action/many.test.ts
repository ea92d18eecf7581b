import { expect, test } from 'vitest';
import { counted, NOTHING_YET, parts } from './many.ts';

test('many are sent in parts', () => {
  expect(parts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(parts([], 2)).toEqual([]);
});

const things = [
  { id: 'a', name: 'reception' },
  { id: 'b', name: undefined },
];

test('each answer counts for its thing', () => {
  const error = { code: 'NOT_FOUND', message: 'there is no such computer' };
  const tally = counted(NOTHING_YET, things, [
    { givenId: 'a', userErrors: [error] },
    { givenId: 'b', userErrors: [] },
  ]);
  expect(tally).toEqual({ done: 1, refusals: [{ thing: things[0], errors: [error] }], unknown: [], unsent: [], failure: undefined });
});

test('a second answer adds to the first', () => {
  const first = counted(NOTHING_YET, things, [{ givenId: 'a', userErrors: [] }]);
  expect(counted(first, things, [{ givenId: 'b', userErrors: [] }]).done).toBe(2);
});
