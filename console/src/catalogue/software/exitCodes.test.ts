import { expect, test } from 'vitest';
import { apart, codesOf, codesText, wrongOf } from './exitCodes.ts';

const NONE = { success: [], reboot: [] };

test('exit codes are whole numbers of 32 bits', () => {
  expect(wrongOf(['3010', '-1'])).toBeUndefined();
  expect(wrongOf(['1', '0x5'])).toMatch(/^0x5 is no exit code/);
  expect(wrongOf(['2147483648'])).toMatch(/^2147483648 is no exit code/);
  expect(wrongOf(['1.5'])).toMatch(/^1.5 is no exit code/);
});

test('what is wrong, or there already, is not sent', () => {
  expect(codesOf({ success: ['a'], reboot: [] }, NONE)).toBeUndefined();
  expect(codesOf({ success: [], reboot: ['1641', '3010'] }, { success: [], reboot: [3010, 1641] })).toBeUndefined();
  expect(codesOf({ success: [], reboot: ['3010', '1641', '3010'] }, NONE)).toEqual({ success: [], reboot: [1641, 3010] });
});

test('exit codes in words', () => {
  expect(codesText(NONE)).toBe('0');
  expect(codesText({ success: [1], reboot: [1641, 3010] })).toBe('0, 1; 1641, 3010 with a restart');
});

test('codes that come together are told apart', () => {
  expect(apart(['3010', '1, 2;3010', ' 4 '])).toEqual(['3010', '1', '2', '4']);
});
