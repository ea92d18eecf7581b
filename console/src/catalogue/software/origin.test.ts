import { expect, test } from 'vitest';
import { partsWords, shortRevision } from './origin.ts';

test('in what a copy differs is listed in words', () => {
  expect(partsWords([])).toBeUndefined();
  expect(partsWords(['NAME', 'DETECTION', 'VERSIONS'])).toBe('its name, how it is detected and its versions');
});

test('a commit and a digest are shortened, a name is not', () => {
  expect(shortRevision('401573c0e6e32d2114cc4db0ee12121e6a20b44b')).toBe('401573c0e6e3');
  expect(shortRevision('sha256:13624aae2782591fc0e781bd09cb7decadb1fa0391d199752ae9b3926d8c1d69')).toBe('13624aae2782');
  expect(shortRevision('of spring')).toBe('of spring');
});
