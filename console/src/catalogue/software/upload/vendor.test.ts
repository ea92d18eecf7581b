import { expect, test } from 'vitest';
import { fetchedOf, NO_VENDOR, nameIn, wrongDigest } from './vendor.ts';

const URL_OF_ZIP = 'https://www.7-zip.org/a/7z2408-x64.msi';
const DIGEST = 'A'.repeat(64);

test('a package is fetched once its address and its digest are there', () => {
  expect(fetchedOf(NO_VENDOR)).toBeUndefined();
  expect(fetchedOf({ ...NO_VENDOR, url: URL_OF_ZIP })).toBeUndefined();
  expect(fetchedOf({ ...NO_VENDOR, url: URL_OF_ZIP, sha256: DIGEST.slice(1) })).toBeUndefined();
  const fetched = { url: URL_OF_ZIP, sha256: DIGEST.toLowerCase(), fileName: '7z2408-x64.msi' };
  expect(fetchedOf({ ...NO_VENDOR, url: ` ${URL_OF_ZIP} `, sha256: ` ${DIGEST}\n` })).toEqual(fetched);
  expect(fetchedOf({ url: URL_OF_ZIP, sha256: DIGEST, fileName: '7z.msi', size: 0 })).toEqual({ ...fetched, fileName: '7z.msi', size: 0 });
});

test('a file is called as its address ends, without what is asked of it', () => {
  expect(nameIn('https://vendor.example/get/Setup%20x64.exe?v=1#top')).toBe('Setup x64.exe');
  expect(nameIn('https://vendor.example/get/%E0%A4%A')).toBe('%E0%A4%A');
  expect(nameIn('https://vendor.example/get/')).toBe('');
  expect(nameIn('vendor')).toBe('');
});

test('what cannot be a digest is said to be none', () => {
  expect(wrongDigest('')).toBeUndefined();
  expect(wrongDigest(DIGEST)).toBeUndefined();
  expect(wrongDigest('abc')).toContain('3 characters');
  expect(wrongDigest('g'.repeat(64))).toContain('hexadecimal');
});
