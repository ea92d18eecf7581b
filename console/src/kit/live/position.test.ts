import { expect, test } from 'vitest';
import { after, before, isBefore, isPosition, laterOf } from './position.ts';

test('positions are compared as numbers, also where a number would lose digits', () => {
  expect(isBefore('9', '10')).toBe(true);
  expect(isBefore('18446744073709551614', '18446744073709551615')).toBe(true);
  expect(laterOf('10', '9')).toBe('10');
});

test('a position is a whole number as the API writes it', () => {
  expect(isPosition('0')).toBe(true);
  expect(isPosition('007')).toBe(false);
  expect(isPosition('-1')).toBe(false);
  expect(isPosition('2026-11-27')).toBe(false);
});

test('the positions before and after one, also where a number would lose digits', () => {
  expect([after('353', 1), after('18446744073709551614', 1)]).toEqual(['354', '18446744073709551615']);
  expect([before('10'), before('0'), before('18446744073709551615')]).toEqual(['9', '0', '18446744073709551614']);
});
