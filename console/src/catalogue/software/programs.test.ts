import { expect, test } from 'vitest';
import { partsWords, shortRevision } from './origin.ts';
import { hostOf, type Sign, signWords } from './programs.ts';

const NONE: Sign = { named: null, productCode: null, upgradeCode: null, packageFamily: null, package: null };
const pattern = (said: object) => ({ equals: null, contains: null, wildcard: null, regex: null, ...said });

test('a sign is worded by what is looked at', () => {
  expect(signWords({ ...NONE, productCode: '{23170F69}' })).toEqual({ what: 'Product code', how: 'is', value: '{23170F69}' });
  expect(signWords({ ...NONE, named: { name: pattern({ wildcard: '7-Zip*' }), publisher: pattern({ equals: 'Igor Pavlov' }) } })).toEqual({
    what: 'Name',
    how: 'looks like',
    value: '7-Zip*',
    publisher: { how: 'is', value: 'Igor Pavlov' },
  });
  expect(signWords(NONE), 'of a newer server').toBeUndefined();
});

test('the host of an address is what somebody has to trust', () => {
  expect(hostOf('https://www.7-zip.org:8443/a/7z2409-x64.msi')).toBe('www.7-zip.org:8443');
  expect(hostOf('no address')).toBe('no address');
});

test('in what a copy differs, and a revision shortly', () => {
  expect(partsWords([])).toBeUndefined();
  expect(partsWords(['NAME', 'DETECTION', 'VERSIONS'])).toBe('its name, how it is detected and its versions');
  expect(shortRevision('401573c0e6e32d2114cc4db0ee12121e6a20b44b')).toBe('401573c0e6e3');
  expect(shortRevision('sha256:13624aae2782591fc0e781bd09cb7decadb1fa0391d199752ae9b3926d8c1d69')).toBe('13624aae2782');
  expect(shortRevision('of spring')).toBe('of spring');
});
