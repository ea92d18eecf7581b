import { expect, test } from 'vitest';
import { countsWords, whyUnknown } from './words.ts';

test('what is not known is said to be so, and nothing of who looked', () => {
  expect(countsWords({ shouldHave: 3, has: 1, differs: 0, unknown: 2 })).toBe(
    'Of 3 computers on which something is wanted of it, 1 is as wanted, 0 are not, and of 2 it is not known.',
  );
});

test('why, is said of what each computer says the newest version of', () => {
  expect(whyUnknown(false)).toBeUndefined();
  expect(whyUnknown(true)).toContain('each computer says');
});
