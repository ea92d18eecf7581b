import { expect, test } from 'vitest';
import { asMatched, type Sign, signWords } from './program.ts';

const none: Sign = { productCode: null, upgradeCode: null, packageFamily: null, package: null, named: null };
const pattern = { equals: null, contains: null, wildcard: null, regex: null };

test('a sign is told in words', () => {
  expect(signWords({ ...none, package: '7zip' })).toBe('It is the package 7zip');
  expect(signWords({ ...none, upgradeCode: '{1}' })).toBe('Its upgrade code is {1}');
  const named = { name: { ...pattern, wildcard: '7-Zip*' }, publisher: { ...pattern, equals: 'Igor Pavlov' } };
  expect(signWords({ ...none, named })).toBe('Its name looks like 7-Zip*, and its publisher is Igor Pavlov');
  expect(signWords({ ...none, named: { name: { ...pattern, regex: '^7' }, publisher: null } })).toBe('Its name matches the regular expression ^7');
});

test('a sign of a newer server is no mistake', () => {
  expect(signWords(none)).toContain('does not know');
});

test('what is read can be put back: each member that is there, and no other', () => {
  const named = { name: { ...pattern, wildcard: '7-Zip*' }, publisher: { ...pattern, equals: 'Igor Pavlov' } };
  const any = [
    { ...none, package: '7zip' },
    { ...none, named },
    { ...none, named: { ...named, publisher: null } },
  ];
  expect(asMatched({ any })).toEqual({
    any: [{ package: '7zip' }, { named: { name: { wildcard: '7-Zip*' }, publisher: { equals: 'Igor Pavlov' } } }, { named: { name: { wildcard: '7-Zip*' } } }],
  });
});

test('half of what told a program is not put back', () => {
  expect(asMatched({ any: [{ ...none, package: '7zip' }, none] })).toBeUndefined();
  expect(asMatched({ any: [{ ...none, named: { name: { ...pattern, equals: 'a' }, publisher: pattern } }] })).toBeUndefined();
});
