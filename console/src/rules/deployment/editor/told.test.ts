import { expect, test } from 'vitest';
import { EMPTY } from './draft.ts';
import { changedParts } from './input.ts';
import { withParts } from './threeWays.ts';
import { type Told, toldWords } from './told.ts';

const TOLD: Told[] = [
  { name: 'Facilities', value: { choices: ['auth', 'kern'] } },
  { name: 'Log', value: { boolean: false } },
  { name: 'Port', value: { number: 514 } },
  { name: 'Server', value: { text: 'logs.example' } },
];

test('what a task is told is said in words', () => {
  expect(toldWords([])).toBe('nothing');
  expect(toldWords(TOLD)).toBe('Facilities: auth, kern; Log: no; Port: 514; Server: "logs.example"');
  expect(toldWords([{ name: 'Facilities', value: { choices: [] } }])).toBe('Facilities: none');
});

test('it is a part of its own, sent where it changed and as it is', () => {
  const before = { ...EMPTY, told: TOLD };
  expect(changedParts(before, { ...before, told: [...TOLD] })).toEqual({});
  expect(changedParts(before, EMPTY)).toEqual({ parameters: [] });
  expect(changedParts(EMPTY, before)).toEqual({ parameters: TOLD });
  expect(withParts(EMPTY, { ...before, filter: 'SERVERS' }, { parameters: true })).toEqual(before);
});
