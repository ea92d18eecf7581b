import { expect, test } from 'vitest';
import { amongWords, beating, inOrder, type Role, whyItStays } from './role.ts';

const version = (version: string, own: Role[], inherited: Role[]) => ({
  version,
  scripts: [...own.map((role) => ({ role, isInherited: false })), ...inherited.map((role) => ({ role, isInherited: true }))],
});

test('a script that versions lean on stays, with the reason', () => {
  const versions = [version('1.0', ['INSTALL'], ['UNINSTALL', 'TEST']), version('2.0', [], ['INSTALL', 'UNINSTALL', 'TEST'])];
  expect(whyItStays('INSTALL', versions, 2)).toBe('Version 2.0 has no install script of its own and cannot be without one.');
  expect(whyItStays('UNINSTALL', versions, 2)).toBe('Version 1.0 and 1 more have no uninstall script of their own and cannot be without one.');
  expect(whyItStays('TEST', versions, 2)).toBeUndefined();
  expect(whyItStays('INSTALL', [], 0)).toBeUndefined();
});

test('of versions that were not read nothing is said, but that there are more', () => {
  const versions = [version('2.0', [], ['INSTALL']), version('3.0', [], ['INSTALL'])];
  expect(whyItStays('INSTALL', versions, 60)).toBe('Version 2.0 and 1 more of the newest 2 have no install script of their own and cannot be without one.');
  expect([amongWords(versions, 2), amongWords(versions, 3)]).toEqual(['', ' of the newest 2']);
});

test('a version with a script of its own does not use its software’s', () => {
  const versions = [version('1.0', ['INSTALL'], []), version('2.0', [], ['INSTALL']), version('3.0', [], [])];
  expect(beating('INSTALL', versions).map(({ version }) => version)).toEqual(['1.0']);
});

test('scripts stand in the order of a life on a computer', () => {
  expect(inOrder([{ role: 'TEST' }, { role: 'UNINSTALL' }, { role: 'INSTALL' }]).map(({ role }) => role)).toEqual(['INSTALL', 'TEST', 'UNINSTALL']);
});
