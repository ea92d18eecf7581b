import { expect, test } from 'vitest';
import { EMPTY } from './draft.ts';
import { startOf } from './start.ts';

const LIKE = {
  ...EMPTY,
  item: { kind: 'software', id: 's', name: 'Reader' } as const,
  filter: 'SERVERS',
  membership: 'TAG',
  tag: 'cad',
  origin: 'RECOMMENDED',
} as const;

test('a duplicate says the same, and is local', () => {
  expect(startOf({ like: LIKE })).toEqual({ ...LIKE, origin: 'LOCAL' });
});

test('an exception leaves the item alone on all of the place', () => {
  const exception = startOf({ like: LIKE, computer: { id: 'c', name: 'cnc-1' } });
  expect(exception).toMatchObject({ item: LIKE.item, scope: 'computer', desired: 'IGNORED', membership: 'ALL_COMPUTERS', filter: 'ALL_COMPUTERS' });
});

test('what a link names is chosen', () => {
  expect(startOf({ tenant: { id: 't', name: 'Contoso' } })).toEqual({ ...EMPTY, scope: 'tenant', tenant: { id: 't', name: 'Contoso' } });
  expect(startOf({ item: LIKE.item, filter: 'WORKSTATIONS' })).toEqual({ ...EMPTY, item: LIKE.item, filter: 'WORKSTATIONS' });
});

test('what a task is told stays with the task', () => {
  const task = { kind: 'task', id: 't', name: 'Log forwarding' } as const;
  const like = { ...EMPTY, item: task, told: [{ name: 'Port', value: { number: 514 } }] };
  expect(startOf({ like, item: task }).told).toEqual(like.told);
  expect(startOf({ like, item: LIKE.item })).toMatchObject({ item: LIKE.item, told: [] });
});
