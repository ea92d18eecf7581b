import { expect, test } from 'vitest';
import type { Sign } from '../program.ts';
import { draftOf, EMPTY, matchOf, otherThan, placesOf, type SignDraft, saysOf, unknownSigns, withSign } from './draft.ts';

const none: Sign = { productCode: null, upgradeCode: null, packageFamily: null, package: null, named: null };
const pattern = { equals: null, contains: null, wildcard: null, regex: null };
const PROGRAM = {
  any: [
    { ...none, package: '7zip' },
    { ...none, named: { name: { ...pattern, regex: '^7-Zip (?<version>[0-9.]+)' }, publisher: { ...pattern, equals: 'Igor Pavlov' } } },
  ],
};
const first = (part: Partial<SignDraft>) => [{ ...(EMPTY.signs[0] as SignDraft), ...part }];

test('what is read is written back as it is, and is no change', () => {
  const before = { detection: null, detectionProgram: PROGRAM };
  const draft = draftOf(before);
  expect(draft.how).toBe('program');
  expect(saysOf(draft)).toEqual({
    detectionProgram: { any: [{ package: '7zip' }, { named: { name: { regex: '^7-Zip (?<version>[0-9.]+)' }, publisher: { equals: 'Igor Pavlov' } } }] },
  });
  expect(otherThan(draft, before)).toBeUndefined();
  expect(otherThan({ ...draft, signs: draft.signs.slice(0, 1) }, before)).toEqual({ detectionProgram: { any: [{ package: '7zip' }] } });
  const script = { interpreter: 'SH', text: 'echo 1', timeoutSeconds: 120, digest: 'x' } as const;
  const scripted = { detection: script, detectionProgram: null };
  expect(otherThan(draftOf(scripted), scripted)).toBeUndefined();
  expect(otherThan({ ...draft, how: 'program' }, scripted)).toEqual(saysOf(draft));
});

test('it is not sent before each sign is whole', () => {
  expect(saysOf({ ...EMPTY, how: 'program' })).toBeUndefined();
  expect(matchOf(first({ kind: 'upgradeCode', code: ' {1} ' }))).toEqual({ any: [{ upgradeCode: '{1}' }] });
  expect(matchOf(withSign(first({ kind: 'package', code: '7zip' })))).toBeUndefined();
  expect(matchOf([])).toBeUndefined();
});

test('a publisher is asked for only where one is typed; the spaces of a regular expression are a part of it', () => {
  expect(matchOf(first({ name: { kind: 'contains', text: ' Zip ' } }))).toEqual({ any: [{ named: { name: { contains: 'Zip' } } }] });
  expect(matchOf(first({ name: { kind: 'regex', text: '^7 ' } }))).toEqual({ any: [{ named: { name: { regex: '^7 ' } } }] });
});

test('a sign of a newer server is counted, since it would be lost', () => {
  const before = { detection: null, detectionProgram: { any: [...PROGRAM.any, none] } };
  expect(unknownSigns(before)).toBe(1);
  expect(draftOf(before).signs).toHaveLength(2);
  expect(otherThan(draftOf(before), before), 'which is a change').toBeDefined();
});

test('what the server says against a place is said no more once the signs stand otherwise', () => {
  const draft = { ...EMPTY, how: 'program' } as const;
  expect(placesOf({ ...draft, signs: withSign(draft.signs) })).not.toBe(placesOf(draft));
});
