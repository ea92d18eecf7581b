import { expect, test } from 'vitest';
import { type Draft, EMPTY, fitted, missing } from './draft.ts';
import { changedParts, ruleOf, subjectOf } from './input.ts';
import { sentenceOf } from './words.ts';

const READER = { kind: 'software', id: 'reader', name: 'Adobe Reader' } as const;
const SYNC = { kind: 'cloudTask', id: 'sync', name: 'Directory sync' } as const;
const draft = (parts: Partial<Draft>): Draft => ({ ...EMPTY, item: READER, ...parts });

test('a new draft says what it lacks, in the order of the form', () => {
  expect(missing({ ...EMPTY, desired: 'INSTALLED_EXACTLY', scope: 'tenant', membership: 'TAG' })).toEqual([
    'the software or the cloud task',
    'the version',
    'the tenant',
    'the tag',
  ]);
  expect(missing(draft({}))).toEqual([]);
});

test('the sentence is worded as the server words it', () => {
  expect(sentenceOf(EMPTY)).toBe('… is to be installed in the latest version on all computers of every tenant, in every full session.');
  expect(
    sentenceOf(
      draft({
        desired: 'IGNORED',
        scope: 'tenant',
        tenant: { id: 't', name: 'Contoso' },
        includesChildren: true,
        membership: 'TAG',
        tag: 'cad',
        filter: 'SERVERS',
      }),
    ),
  ).toBe('Adobe Reader is to be left alone on servers with the tag "cad" of Contoso and the tenants below it, in every full session.');
  expect(sentenceOf(draft({ scope: 'computer', computer: { id: 'c', name: 'cnc-1' }, desired: 'UNINSTALLED', enforcement: 'AD_HOC' }))).toBe(
    'Adobe Reader is to be uninstalled on the computer cnc-1, only in a session that names it.',
  );
});

test('one computer is chosen by nothing else, and what was typed for it is kept', () => {
  const tagged = draft({ scope: 'computer', computer: { id: 'c', name: 'pc' }, membership: 'TAG', tag: 'cad' });
  expect(ruleOf(tagged).target).toEqual({ scope: { computerId: 'c' }, membership: { allComputers: true }, filter: 'ALL_COMPUTERS' });
  expect(ruleOf({ ...tagged, scope: 'everyTenant' }).target.membership).toEqual({ tag: { tag: 'cad', on: 'COMPUTER' } });
});

test('a cloud task is for tenants, and is enforced, audited or monitored', () => {
  const task = fitted(draft({ item: SYNC, desired: 'UNINSTALLED', scope: 'computer', membership: 'EXPRESSION', filter: 'SERVERS', enforcement: 'OPTIONAL' }));
  expect(task).toMatchObject({ desired: 'ENFORCE', scope: 'everyTenant', membership: 'ALL_COMPUTERS', filter: 'ALL_COMPUTERS', enforcement: 'REQUIRED' });
  expect(subjectOf(task)).toEqual({ cloudTaskId: 'sync', origin: 'LOCAL' });
});

test('a version is part of the rule only where one is wanted', () => {
  expect(ruleOf(draft({ desired: 'UNINSTALLED', version: '24.1' })).desired).toEqual({ kind: 'UNINSTALLED' });
  expect(ruleOf(draft({ desired: 'INSTALLED_EXACTLY', version: ' 24.1 ' })).desired).toEqual({ kind: 'INSTALLED_EXACTLY', version: '24.1' });
  expect(ruleOf(draft({ desired: 'INSTALLED_AT_LEAST', version: '24.1' })).desired).toEqual({ kind: 'INSTALLED_AT_LEAST', version: '24.1' });
});

test('only the parts that differ are sent', () => {
  expect(changedParts(draft({}), draft({ enforcement: 'AD_HOC' }))).toEqual({ enforcement: 'AD_HOC' });
  expect(changedParts(draft({}), draft({ tag: 'typed and not used' }))).toEqual({});
});
