import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';

test('a file has the digest of its content, however many pieces it takes', async () => {
  const heard: number[] = [];
  const file = new Blob([new Uint8Array(2_500_000).fill(97)]);
  const { createHash } = await import('node:crypto');
  const expected = createHash('sha256').update(Buffer.alloc(2_500_000, 97)).digest('hex');
  expect(await digestOf(file, (bytes) => heard.push(bytes), new AbortController().signal)).toBe(expected);
  expect(heard).toEqual([1_048_576, 2_097_152, 2_500_000]);
});

test('whoever gives up is not kept waiting', async () => {
  const stop = new AbortController();
  stop.abort();
  await expect(digestOf(new Blob(['abc']), () => {}, stop.signal)).rejects.toThrow();
});
