import { expect, test } from 'vitest';
import { FEW, MOST, rowsOf } from './rows.ts';

test.each([undefined, '', 'x', '0', '1e9', '30.5', '-100'])('%j asks for the few', (text) => {
  expect(rowsOf(text)).toBe(FEW);
});

test('more can be asked for, up to a bound', () => {
  expect(rowsOf(String(MOST))).toBe(MOST);
  expect(rowsOf(String(MOST + 1))).toBe(FEW);
});
