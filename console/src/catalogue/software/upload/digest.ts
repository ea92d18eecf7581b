// The SHA-256 of a file, piece by piece. Not in a worker: `trusted-types 'none'` forbids the making of one; a piece takes a few
// milliseconds, and between two the page goes on. `crypto.subtle` would want the whole file in memory, and is not there over plain HTTP.
import { sha256 } from '@noble/hashes/sha2.js';

const PIECE = 1024 * 1024;

/** 64 hexadecimal digits. `progress` hears of the bytes that were read so far. */
export async function digestOf(file: Blob, progress: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  const hash = sha256.create();
  for (let from = 0; from < file.size; from += PIECE) {
    const piece = new Uint8Array(await file.slice(from, from + PIECE).arrayBuffer());
    signal.throwIfAborted();
    hash.update(piece);
    progress(Math.min(file.size, from + PIECE));
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
