import { expect, test } from 'vitest';
import { buttonWords, movedWords, mustType } from './reach.ts';

test('the button says the number that it confirms', () => {
  expect(buttonWords('Disable', 37)).toBe('Disable: change 37 computers');
  expect(buttonWords('Disable', 1)).toBe('Disable: change 1 computer');
  expect(buttonWords('Disable', 0)).toBe('Disable');
});

test('up to 25 computers need no number, as the server has it', () => {
  expect([mustType(undefined), mustType(25), mustType(26)]).toEqual([false, false, true]);
});

test('a number that moved is told with the one before', () => {
  expect(movedWords(35, 37)).toBe('The world moved meanwhile: it was 35 computers before, it is 37 computers now.');
  expect(movedWords(37, 37)).toBeUndefined();
  expect(movedWords(undefined, 37)).toBeUndefined();
});
