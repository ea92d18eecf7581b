// The schema that is judged, and where what is made of it goes.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const path = join(import.meta.dirname, '../../../schema.graphql');
export const schema = readFileSync(path, 'utf8');

/** An empty folder of this name for what a tool makes; it is not kept in the repository. */
export function generated(name) {
  const folder = join(import.meta.dirname, 'generated', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
