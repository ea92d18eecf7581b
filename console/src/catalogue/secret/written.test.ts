import { expect, test } from 'vitest';
import { isOfLines } from './written.ts';

test('what was copied with its line break is still of one line, a key in a file is not', () => {
  expect(isOfLines('hush-4711\n')).toBe(false);
  expect(isOfLines('-----BEGIN KEY-----\r\nMIIE\r\n-----END KEY-----\r\n')).toBe(true);
});
