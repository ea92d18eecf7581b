import { expect, test } from 'vitest';
import { hostOf } from './address.ts';

test('the host of an address is what somebody has to trust', () => {
  expect(hostOf('https://www.7-zip.org:8443/a/7z2409-x64.msi')).toBe('www.7-zip.org:8443');
  expect(hostOf('no address')).toBe('no address');
});
