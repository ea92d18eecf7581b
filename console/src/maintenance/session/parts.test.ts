import { expect, test } from 'vitest';
import { partsOf } from './parts.ts';

const need = (text: string, kind: string) => ({ text, consequence: { kind } });
const item = (name: string, kind?: string, prerequisites: ReturnType<typeof need>[] = []) => ({
  software: { uuid: name, name, prerequisites },
  winner: kind ? { desired: { kind, text: kind.toLowerCase() } } : null,
});

test('a session brings about what is wanted, leaves alone what is to be left alone, and looks at nothing else', () => {
  expect(partsOf([item('Reader', 'UNINSTALLED'), item('CAD', 'IGNORED'), item('Viewer')])).toEqual({
    brought: [{ name: 'Reader', state: 'uninstalled' }],
    leftAlone: ['CAD'],
    needs: [],
    uninstalls: false,
  });
});

test('what a deployment wants that the viewer may not see is told so', () => {
  expect(partsOf([{ software: null, winner: { desired: null } }]).brought).toHaveLength(1);
});

test('what is to be installed brings along what it needs first', () => {
  const java = need('before Reader is installed: install Java', 'INSTALL');
  const old = need('before Reader is installed: uninstall Old Reader', 'UNINSTALL');
  const needs = (kind: string) => {
    const { needs, uninstalls } = partsOf([item('Reader', kind, [java, old])]);
    return { needs, uninstalls };
  };
  const both = { needs: ['Before Reader is installed: install Java', 'Before Reader is installed: uninstall Old Reader'], uninstalls: true };
  expect(needs('INSTALLED_LATEST')).toEqual(both);
  expect(needs('UPDATE_IF_FOUND')).toEqual(both);
  expect(needs('UNINSTALLED')).toEqual({ needs: [], uninstalls: false });
  expect(needs('IGNORED')).toEqual({ needs: [], uninstalls: false });
  expect(partsOf([item('Reader', 'INSTALLED_EXACTLY', [java])]).uninstalls).toBe(false);
});

test('two of one name are told apart', () => {
  const of = (identifier: string) => ({ ...item('7-Zip', 'INSTALLED_LATEST'), origin: { source: 'upkeep', identifier } });
  const two = ['7zip.7zip', 'debian.7zip'].map((identifier) => {
    const { software, winner, origin } = of(identifier);
    return { software: { ...software, uuid: identifier, publisher: null, origin }, winner };
  });
  expect(partsOf(two).brought.map(({ name }) => name)).toEqual(['7-Zip, 7zip.7zip (upkeep)', '7-Zip, debian.7zip (upkeep)']);
});
