import { expect, test } from 'vitest';
import { offersAt } from './completion.ts';

const labels = (text: string, isAsked = false) => offersAt(text, text.length, isAsked)?.options.map(({ label }) => label) ?? [];

test('facts and functions are offered where a word begins, and only on demand where none does', () => {
  expect(labels('inv')).toContain('inventory.osFamily');
  expect(labels('a && has')).toContain('has');
  expect(labels('')).toEqual([]);
  expect(labels('', true)).toContain('computer.tags');
});

test('what is replaced begins with the word, dots and all', () => {
  expect(offersAt('!computer.na', 12, false)?.from).toBe(1);
});

test('the values of a fact that has a closed list are offered between the quotes', () => {
  expect(labels('inventory.osFamily == "')).toEqual(['linux', 'windows']);
  expect(labels('computer.class != "po')).toContain('portable');
  expect(offersAt('computer.class != "po', 21, false)?.from).toBe(19);
});

test('within other texts nothing is offered', () => {
  expect(labels('computer.name == "inv')).toEqual([]);
  expect(labels('computer.name == "a\\"inv', true)).toEqual([]);
});

test('what follows a text is what texts can be asked', () => {
  expect(labels('computer.name.')).toEqual(['startsWith', 'endsWith', 'contains', 'matches']);
  expect(labels('computer.tags.')).toEqual([]);
});
