import { expect, test } from 'vitest';
import { offersAt } from './completion.ts';
import type { Fact } from './schema.ts';

const operation = (name: string, form: string) => ({ name, form, description: '', example: '' });
const HAS = operation('has()', 'has(FACT)');
const EQUALS = operation('==', 'FACT == VALUE');
const STARTS = operation('startsWith()', 'FACT.startsWith(VALUE)');
const fact = (path: string, typeName: string, operations: Fact['operations'], values: string[] = []): Fact => ({
  path,
  typeName,
  values,
  description: '',
  operations,
});
const FACTS: Fact[] = [
  fact('computer.name', 'string', [EQUALS, STARTS, HAS]),
  fact('computer.class', 'string', [EQUALS, STARTS, HAS], ['workstation', 'portable', 'server']),
  fact('computer.tags', 'list(string)', [operation('in', 'VALUE in FACT'), HAS]),
  fact('computer.onboarded', 'bool', [operation('', 'FACT'), EQUALS, HAS]),
  fact('inventory.osFamily', 'string', [EQUALS, operation('version()', 'version(FACT) >= version(VALUE)')], ['linux', 'windows']),
];

const at = (text: string, position = text.length, isAsked = false) => offersAt(FACTS, text, position, isAsked);
const labels = (text: string, isAsked = false) => at(text, text.length, isAsked)?.options.map(({ label }) => label) ?? [];

test('facts and functions are offered where a word begins, and only on demand where none does', () => {
  expect(labels('inv')).toContain('inventory.osFamily');
  expect(labels('a && has')).toContain('has');
  expect(labels('ver')).toContain('version');
  expect(labels('')).toEqual([]);
  expect(labels('', true)).toContain('computer.tags');
  expect(labels('has').filter((label) => label === 'has')).toHaveLength(1);
});

test('what is replaced begins with the word, dots and all', () => {
  expect(at('!computer.na')?.from).toBe(1);
});

test('the values of a fact that has a closed list are offered between the quotes', () => {
  expect(labels('inventory.osFamily == "')).toEqual(['linux', 'windows']);
  expect(labels('computer.class != "po')).toContain('portable');
  expect(at('computer.class != "po')?.from).toBe(19);
});

test('within other texts nothing is offered', () => {
  expect(labels('computer.name == "inv')).toEqual([]);
  expect(labels('computer.name == "a\\"inv', true)).toEqual([]);
});

test('what follows a fact is what it can be asked', () => {
  expect(labels('computer.name.')).toEqual(['startsWith']);
  expect(labels('computer.tags.')).toEqual([]);
  expect(labels('computer.onboarded ', true)).toEqual(['==']);
  expect(labels('computer.onboarded ')).toEqual([]);
});
