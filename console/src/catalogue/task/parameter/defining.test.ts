import { expect, test } from 'vitest';
import { definitionOf, draftsOf, lackOf, moved, type ParameterDraft, withNew } from './defining.ts';
import { parameter } from './parameter.sample.ts';

const ALL = [
  parameter('Server', { label: 'Log server', help: 'Where logs go.', maxChars: 4000, pattern: '[a-z.]+', isRequired: true }),
  parameter('Port', { kind: 'NUMBER', isWhole: true, min: 1, max: 65535, default: { number: 514 } }),
  parameter('Encrypted', { kind: 'BOOLEAN', default: { boolean: true } }),
  parameter('Check', { kind: 'CHOICE', choices: ['name', 'fingerprint'], shownWhen: { parameter: 'Encrypted', is: { boolean: true } } }),
];
const changed = (key: number, part: Partial<ParameterDraft>, drafts = draftsOf(ALL)) => drafts.map((one) => (one.key === key ? { ...one, ...part } : one));

test('what is read is written back as it is, each kind with its own members', () => {
  expect(definitionOf(draftsOf(ALL))).toEqual([
    { name: 'Server', label: 'Log server', help: 'Where logs go.', kind: 'TEXT', pattern: '[a-z.]+', isRequired: true },
    { name: 'Port', kind: 'NUMBER', min: 1, max: 65535, isWhole: true, isRequired: false, default: { number: 514 } },
    { name: 'Encrypted', kind: 'BOOLEAN', isRequired: false, default: { boolean: true } },
    { name: 'Check', kind: 'CHOICE', choices: ['name', 'fingerprint'], isRequired: false, shownWhen: { parameter: 'Encrypted', is: { boolean: true } } },
  ]);
});

test('what was typed for another kind is not sent', () => {
  const definition = definitionOf(changed(1, { kind: 'TEXT' }));
  expect(definition?.[1]).toEqual({ name: 'Port', kind: 'TEXT', isRequired: false });
});

test('another name is followed by what is shown by it', () => {
  expect(definitionOf(changed(2, { name: 'Tls' }))?.[3]?.shownWhen).toEqual({ parameter: 'Tls', is: { boolean: true } });
});

test('what lacks is said, and nothing is sent', () => {
  const { drafts, key } = withNew(draftsOf(ALL));
  const lack = (drafts: readonly ParameterDraft[], key: number) => lackOf(drafts.find((one) => one.key === key) as ParameterDraft, drafts);
  expect(lack(drafts, key)).toBe('It needs a name.');
  expect(definitionOf(drafts)).toBeUndefined();
  expect(lack(changed(3, { choices: ' \n' }), 3)).toContain('a choice');
  expect(lack(changed(3, { shownIs: { text: 'yes' } }), 3), 'a value of another kind').toContain('which value');
  const above = moved(draftsOf(ALL), 3, -1);
  expect(above.map(({ name }) => name)).toEqual(['Server', 'Port', 'Check', 'Encrypted']);
  expect(lack(above, 3)).toContain('does not stand before it');
  expect(moved(above, 0, -1), 'the first stays the first').toEqual(above);
});

test('of several choices, one is enough to be shown by', () => {
  const drafts = draftsOf([
    parameter('Logs', { kind: 'MULTI_CHOICE', choices: ['auth', 'kern'] }),
    parameter('Level', { shownWhen: { parameter: 'Logs', is: { text: 'kern' } } }),
  ]);
  expect(definitionOf(drafts)?.[1]?.shownWhen).toEqual({ parameter: 'Logs', is: { text: 'kern' } });
});
