import { expect, test } from 'vitest';
import { parameter } from '~/catalogue/task/parameter/parameter.sample.ts';
import { EMPTY, fitted, ofItem } from './editor/draft.ts';
import { changedParts, ruleOf } from './editor/input.ts';
import { withParts } from './editor/threeWays.ts';
import { type Told, toldBy, toldChangeWords, toldNow, toldWords } from './told.ts';

const NAMES = new Map([['s', 'Domain join']]);
const TASK = { kind: 'task', id: 'log', name: 'Log forwarding' } as const;
const TOLD: Told[] = [
  { name: 'Facilities', value: { choices: ['auth', 'kern'] } },
  { name: 'Log', value: { boolean: false } },
  { name: 'Port', value: { number: 514 } },
  { name: 'Server', value: { text: 'logs.example' } },
];

test('what a task is told is said in words', () => {
  expect(toldWords([], NAMES)).toBe('nothing');
  expect(toldWords(TOLD, NAMES)).toBe('Facilities: auth, kern; Log: no; Port: 514; Server: "logs.example"');
  expect(toldWords([{ name: 'Facilities', value: { choices: [] } }], NAMES)).toBe('Facilities: none');
});

test('it is a part of its own, sent where it changed and as it is', () => {
  const silent = { ...EMPTY, item: TASK };
  const before = { ...silent, told: TOLD };
  expect(changedParts(before, { ...before, told: [...TOLD] })).toEqual({});
  expect(changedParts(before, silent)).toEqual({ parameters: [] });
  expect(changedParts(silent, before)).toEqual({ parameters: TOLD });
  expect(withParts(silent, { ...before, filter: 'SERVERS' }, { parameters: true })).toEqual(before);
});

test('only a task is told anything, and another item nothing of what the one before was', () => {
  const told = { ...EMPTY, item: TASK, told: TOLD };
  expect(ruleOf(told).parameters).toEqual(TOLD);
  expect(fitted({ ...told, item: { ...TASK, kind: 'cloudTask' } }).told).toEqual([]);
  expect(fitted({ ...told, item: { ...TASK, kind: 'software' } }).told).toEqual([]);
  expect({ ...told, ...ofItem({ ...TASK, id: 'other' }) }.told).toEqual([]);
});

test('from what to what is said name by name, and only where both are known', () => {
  const other: Told[] = [
    { name: 'Port', value: { number: 6514 } },
    { name: 'Server', value: { text: 'logs.example' } },
  ];
  expect(toldChangeWords(other, TOLD, NAMES)).toBe('Facilities: not told → auth, kern; Log: not told → no; Port: 6514 → 514');
  expect(toldChangeWords(other, [], NAMES)).toBe('Port: 6514 → not told; Server: "logs.example" → not told');
  expect(toldChangeWords(null, other, NAMES), 'nothing was wanted before').toBe('Port: 6514; Server: "logs.example"');
  for (const [before, after] of [
    [TOLD, TOLD],
    [TOLD, null],
    [null, []],
    [undefined, TOLD],
    [TOLD, undefined],
  ] as const) {
    expect(toldChangeWords(before, after, NAMES)).toBeUndefined();
  }
});

test('which secret is told is said, and where another one is', () => {
  const [one, other]: Told[][] = [[{ name: 'Key', value: { secretId: 's' } }], [{ name: 'Key', value: { secretId: 't' } }]];
  expect(toldWords(one ?? [], NAMES)).toBe('Key: the secret Domain join');
  expect(toldChangeWords(one, other, NAMES)).toBe('Key: the secret Domain join → a secret');
});

test('what a deployment out of sight tells is not known', () => {
  expect(toldBy(null)).toBeNull();
  expect(toldBy({ deployment: null, desired: null })).toBeUndefined();
  expect(toldBy({ deployment: { parameters: [] }, desired: { kind: 'ENFORCE' } })).toEqual([]);
});

test('what waits is told nobody, and of a task that is left alone nothing is', () => {
  const all = [parameter('Log', { kind: 'BOOLEAN' }), parameter('Server', { shownWhen: { parameter: 'Log', is: { boolean: true } } })];
  const names = (desired: string) => toldNow(all, TOLD, desired).map(({ name }) => name);
  expect(names('ENFORCE'), 'what is no parameter any more is said').toEqual(['Facilities', 'Log', 'Port']);
  expect(names('IGNORED')).toEqual([]);
  const shown = { deployment: { parameters: [] }, desired: { kind: 'IGNORED' } };
  expect(toldBy(shown, all)).toEqual([]);
});
