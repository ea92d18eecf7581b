import { expect, test } from 'vitest';
import { type Draft, draftOf, EMPTY, otherParts, saysOf, sentenceOf, withCondition } from './draft.ts';
import { ANY } from './range.ts';

const JAVA = { id: 'java', name: 'OpenJDK' };
const OPENJDK = { uuid: 'java', name: 'OpenJDK', publisher: null, origin: { source: 'winget', identifier: 'Microsoft.OpenJDK.21' } };
const draft = (said: Partial<Draft>): Draft => ({ ...EMPTY, software: JAVA, ...said });

test('it is whole once each software, version and message is there', () => {
  expect(saysOf(EMPTY)).toBeUndefined();
  expect(saysOf(draft({}))).toEqual({ versions: {}, when: { hold: 'ALL', of: [] }, then: { install: { softwareId: 'java' } } });
  expect(saysOf(draft({ wanted: 'from' }))).toBeUndefined();
  expect(saysOf(draft({ wanted: 'from', version: ' 21 ' }))?.then).toEqual({ install: { softwareId: 'java', from: '21' } });
  expect(saysOf(draft({ kind: 'FAIL' }))).toBeUndefined();
  expect(saysOf(draft({ kind: 'UNINSTALL' }))?.then).toEqual({ uninstallSoftwareId: 'java' });
  expect(saysOf(withCondition(draft({}))), 'a condition of nothing').toBeUndefined();
  expect(saysOf(draft({ versions: { ...ANY, kind: 'between', from: '1' } }))).toBeUndefined();
});

test('of what has to be missing no version is meant, whatever was typed', () => {
  const versions = { ...ANY, kind: 'below', below: '21' } as const;
  const of = (isInstalled: boolean) => saysOf(draft({ conditions: [{ key: 0, software: JAVA, isInstalled, versions }] }))?.when;
  expect(of(false)).toEqual({ hold: 'ALL', of: [{ softwareId: 'java', isInstalled: false }] });
  expect(of(true)).toEqual({ hold: 'ALL', of: [{ softwareId: 'java', isInstalled: true, versions: { below: '21' } }] });
});

test('what is read can be written back, and says the same', () => {
  const read = {
    versions: { exactly: null, from: '12', below: null, text: 'in version 12 or newer' },
    when: { hold: 'ANY' as const, of: [{ isInstalled: false, software: OPENJDK, versions: null }] },
    then: { kind: 'INSTALL' as const, software: OPENJDK, exactly: '21', from: null, message: null },
  };
  const says = saysOf(draftOf(read));
  expect(says).toEqual({
    versions: { from: '12' },
    when: { hold: 'ANY', of: [{ softwareId: 'java', isInstalled: false }] },
    then: { install: { softwareId: 'java', exactly: '21' } },
  });
  expect(says && otherParts(says, saysOf(draftOf(read)))).toEqual({});
});

test('it is worded while it is written', () => {
  expect(sentenceOf(EMPTY, 'Reader')).toBe('Before Reader is installed: install ….');
  const versions = { ...ANY, kind: 'between', from: '1', below: '2' } as const;
  const first = { key: 0, software: JAVA, isInstalled: true, versions };
  const second = { key: 1, software: undefined, isInstalled: false, versions: ANY };
  expect(sentenceOf(draft({ hold: 'ANY', conditions: [first, second], wanted: 'from', version: '8' }), 'Reader')).toBe(
    'Before Reader is installed: if OpenJDK is installed in a version from 1 to below 2 or … is not installed, install OpenJDK in version 8 or newer.',
  );
});

test('only the parts that differ are sent: what somebody else makes of the others stays', () => {
  const before = saysOf(draft({}));
  const after = saysOf(draft({ wanted: 'from', version: '21' }));
  if (!before || !after) throw new Error('both are whole');
  expect(otherParts(after, before)).toEqual({ then: { install: { softwareId: 'java', from: '21' } } });
  expect(otherParts(before, after), 'the way back').toEqual({ then: { install: { softwareId: 'java' } } });
  expect(otherParts(after, undefined), 'of what is not known').toEqual(after);
});
