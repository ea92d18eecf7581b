import { expect, test } from 'vitest';
import { beating, inOrder, type Role, whyItStays } from './role.ts';

const version = (version: string, own: Role[], inherited: Role[]) => ({
  version,
  scripts: [...own.map((role) => ({ role, isInherited: false })), ...inherited.map((role) => ({ role, isInherited: true }))],
});

test('a script that versions lean on stays, with the reason', () => {
  const versions = [version('1.0', ['INSTALL'], ['UNINSTALL', 'TEST']), version('2.0', [], ['INSTALL', 'UNINSTALL', 'TEST'])];
  expect(whyItStays('INSTALL', versions)).toBe('Version 2.0 has no install script of its own and cannot be without one.');
  expect(whyItStays('UNINSTALL', versions)).toBe('Version 1.0 and 1 more have no uninstall script of their own and cannot be without one.');
  expect(whyItStays('TEST', versions)).toBeUndefined();
  expect(whyItStays('INSTALL', [])).toBeUndefined();
});

test('a version with a script of its own does not use its software’s', () => {
  const versions = [version('1.0', ['INSTALL'], []), version('2.0', [], ['INSTALL']), version('3.0', [], [])];
  expect(beating('INSTALL', versions).map(({ version }) => version)).toEqual(['1.0']);
});

test('scripts stand in the order of a life on a computer', () => {
  expect(inOrder([{ role: 'TEST' }, { role: 'UNINSTALL' }, { role: 'INSTALL' }]).map(({ role }) => role)).toEqual(['INSTALL', 'TEST', 'UNINSTALL']);
});
