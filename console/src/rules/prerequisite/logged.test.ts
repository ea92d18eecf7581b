import { expect, test } from 'vitest';
import { prerequisiteOf } from './logged.ts';

const NAMES: Readonly<Record<string, string>> = { r: 'Reader', j: 'Java' };
const said = (logged: unknown) => prerequisiteOf(logged, (id) => NAMES[id] ?? id);

test('what the log says of a prerequisite is worded, with the names that are known', () => {
  const conditions = [
    { kind: 'installed', software: 'j', versions: { kind: 'between', from: '1', below: '2' } },
    { kind: 'notInstalled', software: 'k' },
  ];
  expect(said({ of: 'r', when: { hold: 'any', of: conditions }, then: { kind: 'install', software: 'k', version: { kind: 'atLeast', version: '8.0' } } })).toBe(
    'before Reader: if Java is installed in a version from 1 to below 2 or k is not installed, install k in version 8.0 or newer',
  );
  expect(said({ when: { hold: 'all', of: [] }, then: { kind: 'fail', message: 'ask Ada first' } })).toBe('fail: ask Ada first');
  expect(said({ prerequisite: 'p' })).toBeUndefined();
  expect(said({ when: { hold: 'all', of: [] }, then: { kind: 'invented' } }), 'what a newer server says').toBeUndefined();
});
