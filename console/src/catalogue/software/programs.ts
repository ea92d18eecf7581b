// By what a software is told among the programs that a computer's system lists, in words.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const programFragment = graphql(`
  fragment ProgramsOfSoftware on ProgramMatch @_unmask {
    any {
      named { name { equals contains wildcard regex } publisher { equals contains wildcard regex } }
      productCode upgradeCode packageFamily package
    }
  }
`);

export type Match = ResultOf<typeof programFragment>;
export type Sign = Match['any'][number];
type Pattern = NonNullable<Sign['named']>['name'];

const CODES = [
  ['productCode', 'Product code'],
  ['upgradeCode', 'Upgrade code'],
  ['packageFamily', 'Package family'],
  ['package', "Package of the system's package manager"],
] as const;

/** What is looked at, and what it has to be: "Name", "contains" "7-Zip". */
export interface SignWords {
  what: string;
  how: string;
  value: string;
  publisher?: { how: string; value: string } | undefined;
}

/** Nothing of a kind that a newer server knows and we do not. */
export function signWords(sign: Sign): SignWords | undefined {
  const { named } = sign;
  if (named) {
    const name = patternWords(named.name);
    return name && { what: 'Name', ...name, publisher: named.publisher ? patternWords(named.publisher) : undefined };
  }
  for (const [member, what] of CODES) {
    const value = sign[member];
    if (value) return { what, how: 'is', value };
  }
  return undefined;
}

function patternWords({ equals, contains, wildcard, regex }: Pattern): { how: string; value: string } | undefined {
  if (equals) return { how: 'is', value: equals };
  if (contains) return { how: 'contains', value: contains };
  if (wildcard) return { how: 'looks like', value: wildcard };
  return regex ? { how: 'matches the regular expression', value: regex } : undefined;
}

/** The host of an address from which agents fetch; the address where it is none that we can read. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
