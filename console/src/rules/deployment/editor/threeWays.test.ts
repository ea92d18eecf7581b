import { expect, test } from 'vitest';
import { EMPTY } from './draft.ts';
import { onTop, threeWays } from './threeWays.ts';

const BEFORE = { ...EMPTY, item: { kind: 'software', id: 's', name: 'Reader' } as const };
const THEIRS = { ...BEFORE, desired: 'UNINSTALLED' as const };
const MINE = { ...BEFORE, desired: 'INSTALLED_EXACTLY' as const, version: '24.1', filter: 'SERVERS' as const };

test('the parts that somebody changed are told three times', () => {
  expect(threeWays(BEFORE, THEIRS, MINE, new Map())).toEqual([
    { what: 'State', before: 'installed in the latest version', theirs: 'uninstalled', mine: 'installed in exactly version 24.1' },
    { what: 'Target', before: 'all computers of every tenant', theirs: 'all computers of every tenant', mine: 'servers of every tenant' },
  ]);
});

test('mine on top keeps what they changed and I did not', () => {
  const theirs = { ...BEFORE, enforcement: 'AD_HOC' as const };
  expect(onTop(BEFORE, theirs, MINE)).toMatchObject({ enforcement: 'AD_HOC', desired: 'INSTALLED_EXACTLY', version: '24.1', filter: 'SERVERS' });
});
