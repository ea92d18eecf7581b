import { expect, test } from 'vitest';
import { size } from './size.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [48 * 1024 * 1024, '48 MiB'],
  [3 * 1024 ** 4, '3.0 TiB'],
])('%s bytes are %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
