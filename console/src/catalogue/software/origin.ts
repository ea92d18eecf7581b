// Where a software comes from, and what it is in which a copy differs from its title.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const originFragment = graphql(`
  fragment OriginOfSoftware on Software @_unmask {
    origin { source identifier revision isWithdrawn }
    copiedFrom { revision software { uuid name origin { source identifier revision isWithdrawn } } }
    differsFromOrigin
  }
`);

export type OfOrigin = ResultOf<typeof originFragment>;
export type Part = NonNullable<OfOrigin['differsFromOrigin']>[number];

const PARTS: Readonly<Record<Part, string>> = {
  NAME: 'its name',
  PUBLISHER: 'its publisher',
  NOTES: 'its notes',
  DESCRIPTION: 'its homepage, licence or tags',
  DETECTION: 'how it is detected',
  SCRIPTS: 'its scripts for all versions',
  UPGRADE_STRATEGY: 'what an update does',
  REPAIR_STRATEGY: 'what is done where it does not work',
  EXIT_CODES: 'its exit codes',
  VERSIONS: 'its versions',
};

/** "its name, and its versions"; nothing where it is as its title is. */
export function partsWords(parts: readonly Part[]): string | undefined {
  const words = parts.map((part) => PARTS[part]);
  const last = words.at(-1);
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

/** Enough of a revision to tell it from others: a commit, or a digest behind its algorithm's name. */
export function shortRevision(revision: string): string {
  const [, digest] = /^(?:[a-z0-9]+:)?([0-9a-f]{16,})$/.exec(revision) ?? [];
  return digest ? digest.slice(0, 12) : revision;
}
