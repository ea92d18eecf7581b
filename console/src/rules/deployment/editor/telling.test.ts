import { expect, test } from 'vitest';
import { parameter } from '~/catalogue/task/parameter/parameter.sample.ts';
import { EMPTY } from './draft.ts';
import { mistakeInTold, mistakeOfTold } from './mistakes.ts';
import { missingOf, saidBy, tellingOf, toldByDraft, withTold } from './telling.ts';

test('what is told stands in the order of the names, each once', () => {
  const one = withTold([], 'Server', { text: 'logs' });
  const two = withTold(one, 'Port', { number: 514 });
  expect(two.map(({ name }) => name)).toEqual(['Port', 'Server']);
  expect(withTold(two, 'Port', { number: 6514 })[0]).toEqual({ name: 'Port', value: { number: 6514 } });
  expect(withTold(two, 'Port', undefined)).toEqual(one);
});

test('an emptied field says nothing, unless something else would be told without it', () => {
  const empty = { text: '' };
  expect(saidBy({ isRequired: false, default: undefined }, empty)).toBeUndefined();
  expect(saidBy({ isRequired: true, default: { text: 'logs' } }, empty), 'what is required takes its default').toBeUndefined();
  expect(saidBy({ isRequired: false, default: { text: 'logs' } }, empty)).toEqual(empty);
  expect(saidBy({ isRequired: false, default: { choices: ['a'] } }, { choices: [] })).toEqual({ choices: [] });
  expect(saidBy({ isRequired: true, default: undefined }, { boolean: false }), 'no is an answer').toEqual({ boolean: false });
});

test('what is told and not asked for is not lost', () => {
  const all = [parameter('Encrypted', { kind: 'BOOLEAN' }), parameter('Check', { shownWhen: { parameter: 'Encrypted', is: { boolean: true } } })];
  const told = [
    { name: 'Check', value: { text: 'name' } },
    { name: 'Gone', value: { number: 1 } },
  ];
  const { shown, waiting, strange } = tellingOf(all, told);
  expect(shown.map(({ name }) => name)).toEqual(['Encrypted']);
  expect(waiting.map(({ parameter }) => parameter.name)).toEqual(['Check']);
  expect(strange).toEqual([told[1]]);
  const draft = { ...EMPTY, item: { kind: 'task', id: 'log', name: 'Log forwarding' }, desired: 'ENFORCE', told } as const;
  expect(toldByDraft(all, draft), 'what waits is told nobody').toEqual([told[1]]);
  expect(toldByDraft(all, { ...draft, desired: 'IGNORED' })).toEqual([]);
});

test('a value that lacks is missing, unless the task is left alone', () => {
  const all = [parameter('Server', { label: 'Log server', isRequired: true })];
  const draft = { ...EMPTY, item: { kind: 'task', id: 'log', name: 'Log forwarding' }, desired: 'ENFORCE' } as const;
  expect(missingOf(all, draft)).toEqual(['a value for Log server']);
  expect(missingOf(all, { ...draft, desired: 'IGNORED' })).toEqual([]);
});

test('what the server says against a value stands beside it', () => {
  const error = { code: 'PARAMETERS_DO_NOT_FIT', message: 'Port: too large', field: ['change', 'createDeployment', 'parameters', '1', 'value'] };
  const all = { ...error, field: ['input', 'parameters'] };
  expect(mistakeInTold([error, all], 1)).toBe(error);
  expect(mistakeInTold([error, all], 0)).toBeUndefined();
  expect(mistakeInTold([error, all], -1)).toBeUndefined();
  expect(mistakeOfTold([error, all])).toBe(all);
});
