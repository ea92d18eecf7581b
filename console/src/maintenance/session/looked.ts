// What a look at installed programs told, in words.
import { plural } from '~/kit/text/words.ts';

interface Looked {
  programCount: number | null;
  programs: readonly { name: string; version: string | null }[] | null;
}

/** Programs that are named; the others are counted. */
const NAMED = 3;

/** Nothing where a script ran. */
export function lookedWords(looked: Looked | null): string | undefined {
  const { programs, programCount } = looked ?? {};
  if (!programs) return undefined;
  if (programs.length === 0) return 'Looked: no installed program fits';
  const count = Math.max(programCount ?? 0, programs.length);
  const named = programs.slice(0, NAMED).map(({ name, version }) => (version ? `${name} ${version}` : `${name}, in a version that nobody can read`));
  const more = count - named.length;
  return `Looked: ${plural(count, 'installed program fits', 'installed programs fit')}: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
