import { expect, test } from 'vitest';
import { parameter } from './parameter.sample.ts';
import { lackingAmong, type Parameter, shownAmong } from './parameter.ts';
import type { Value } from './value.ts';
import { ruleWords, shownWords } from './words.ts';

const told = (values: Record<string, Value>) => new Map(Object.entries(values));
const names = (parameters: readonly Parameter[]) => parameters.map(({ name }) => name);

test('what is shown follows from what stands before it: its value, or its default', () => {
  const all = [
    parameter('Encrypted', { kind: 'BOOLEAN', default: { boolean: true } }),
    parameter('Check', { shownWhen: { parameter: 'Encrypted', is: { boolean: true } } }),
    parameter('Print', { shownWhen: { parameter: 'Check', is: { text: 'fingerprint' } } }),
  ];
  expect(names(shownAmong(all, told({})))).toEqual(['Encrypted', 'Check']);
  expect(names(shownAmong(all, told({ Check: { text: 'fingerprint' } })))).toEqual(['Encrypted', 'Check', 'Print']);
  const hidden = told({ Encrypted: { boolean: false }, Check: { text: 'fingerprint' } });
  expect(names(shownAmong(all, hidden)), 'what is not shown has no value').toEqual(['Encrypted']);
});

test('of several choices, one among others is enough', () => {
  const all = [parameter('Logs', { kind: 'MULTI_CHOICE' }), parameter('Level', { shownWhen: { parameter: 'Logs', is: { text: 'kern' } } })];
  expect(names(shownAmong(all, told({ Logs: { choices: ['auth', 'kern'] } })))).toEqual(['Logs', 'Level']);
  expect(names(shownAmong(all, told({ Logs: { choices: ['auth'] } })))).toEqual(['Logs']);
});

test('what is required needs a value that is not empty, and its default is one', () => {
  const all = [
    parameter('Server', { isRequired: true }),
    parameter('Port', { isRequired: true, default: { number: 514 } }),
    parameter('Note'),
    parameter('Key', { isRequired: true, shownWhen: { parameter: 'Note', is: { text: 'x' } } }),
  ];
  expect(names(lackingAmong(all, told({})))).toEqual(['Server']);
  expect(names(lackingAmong(all, told({ Server: { text: '' } })))).toEqual(['Server']);
  expect(names(lackingAmong(all, told({ Server: { text: 'logs' }, Note: { text: 'x' } })))).toEqual(['Key']);
});

test('which values fit is said where not all do', () => {
  const rule = (parts: Partial<Parameter>) => ruleWords(parameter('X', parts));
  expect(rule({ maxChars: 4000 })).toBeUndefined();
  expect(rule({ maxChars: 80, pattern: '[a-z]+' })).toBe('At most 80 characters. It matches [a-z]+ from its beginning to its end.');
  expect(rule({ kind: 'NUMBER', isWhole: true, min: 1, max: 65535 })).toBe('A whole number from 1 to 65535.');
  expect(rule({ kind: 'NUMBER', isWhole: false, min: 0.5 })).toBe('A number of at least 0.5.');
  expect(rule({ kind: 'NUMBER', isWhole: false })).toBeUndefined();
  expect(rule({ kind: 'CHOICE', choices: ['a'] })).toBeUndefined();
  expect(shownWords(parameter('X', { shownWhen: { parameter: 'Encrypted', is: { boolean: true } } }))).toBe('Encrypted is yes');
});
