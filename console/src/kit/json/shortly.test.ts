import { expect, test } from 'vitest';
import { isLong, shortly } from './shortly.ts';

test('a value is told as JSON, with room between its members', () => {
  expect(['3', 3, true, null].map((value) => shortly(value))).toEqual(['"3"', '3', 'true', 'null']);
  expect(shortly({ free: 12.5, disks: ['C:', 'D:'] })).toBe('{"free": 12.5, "disks": ["C:", "D:"]}');
});

test('a long one is cut', () => {
  const long = 'x'.repeat(100);
  expect(isLong(long)).toBe(true);
  expect(shortly(long)).toBe(`"${'x'.repeat(59)}…`);
  expect(shortly(long, 3)).toBe('"xx…');
  expect(isLong('short')).toBe(false);
});
