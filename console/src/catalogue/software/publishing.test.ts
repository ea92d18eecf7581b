import { expect, test } from 'vitest';
import { begun, isWhole, memberOf, scriptsInput } from './publishing.ts';
import { OWN_ROLES, type Role } from './role.ts';
import type { RoleScript } from './script.ts';

const script = (role: Role, text: string, isInherited: boolean): RoleScript => ({
  role,
  isInherited,
  script: { interpreter: 'SH', text, timeoutSeconds: 900, digest: text },
});
const own = (drafts: ReturnType<typeof begun>) => OWN_ROLES.filter((role) => drafts[role].isOwn);

test('the first version writes what it needs and does not inherit', () => {
  expect(own(begun(undefined, []))).toEqual(['INSTALL', 'UNINSTALL']);
  expect(own(begun(undefined, [script('INSTALL', 'i', true), script('TEST', 't', true)]))).toEqual(['UNINSTALL']);
});

test('the next one begins as the one before', () => {
  const inherited = [script('INSTALL', 'for all', true), script('TEST', 'works', true)];
  const drafts = begun([script('INSTALL', 'mine', false), script('UNINSTALL', 'gone', false), script('TEST', 'works', true)], inherited);
  expect(own(drafts)).toEqual(['INSTALL', 'UNINSTALL']);
  expect(drafts.INSTALL.script.text).toBe('mine');
  expect(drafts.TEST.script.text).toBe('works');
});

test('a version that lacks what it needs is not whole', () => {
  const drafts = begun([script('INSTALL', 'mine', false), script('UNINSTALL', 'gone', false)], []);
  expect(isWhole(drafts, [])).toBe(true);
  const without = { ...drafts, INSTALL: { ...drafts.INSTALL, isOwn: false } };
  expect(isWhole(without, [])).toBe(false);
  expect(isWhole(without, [script('INSTALL', 'for all', true)])).toBe(true);
  expect(isWhole({ ...drafts, TEST: { ...drafts.TEST, isOwn: true } }, [])).toBe(false);
});

test('what is inherited is not sent', () => {
  const drafts = begun([script('INSTALL', 'mine', false), script('UNINSTALL', 'gone', true), script('TEST', 'works', false)], []);
  const { scripts, ...named } = scriptsInput(drafts);
  expect(Object.keys(named)).toEqual(['install']);
  expect(scripts.map(({ role, script }) => [role, script.text])).toEqual([['TEST', 'works']]);
});

test('what is wrong with the only script of the list is wrong with it', () => {
  const one = begun([script('INSTALL', 'mine', false), script('TEST', 'works', false)], []);
  expect([memberOf('INSTALL', one), memberOf('TEST', one)]).toEqual(['install', 'scripts']);
  const two = begun([script('REPAIR', 'mend', false), script('TEST', 'works', false)], []);
  expect(memberOf('TEST', two)).toBe('scripts.TEST');
});
