import { expect, test } from 'vitest';
import { share } from './share.ts';

test('what is equal stays the same object, what differs does not', () => {
  const before = {
    rows: [
      { id: 1, tags: ['a'] },
      { id: 2, tags: [] },
    ],
    total: 2,
  };
  const after = share(before, {
    rows: [
      { id: 1, tags: ['a'] },
      { id: 2, tags: ['b'] },
    ],
    total: 2,
  });
  expect(after).not.toBe(before);
  expect(after.rows[0]).toBe(before.rows[0]);
  expect(after.rows[1]).toEqual({ id: 2, tags: ['b'] });
});

test('an equal answer is the answer before', () => {
  const before = { a: [1, null, { b: 'c' }] };
  expect(share(before, { a: [1, null, { b: 'c' }] })).toBe(before);
});

test('a shorter list and a missing member are differences', () => {
  const before = { list: [1, 2], gone: null };
  expect(share(before, { list: [1] })).toEqual({ list: [1] });
  expect(share<unknown>({ a: undefined }, {})).toEqual({});
});
