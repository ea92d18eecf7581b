// By what a program is told from others: in words, and as the API takes it back.
import type { VariablesOf } from '~/kit/api/graphql.ts';
import { plural } from '~/kit/text/words.ts';
import type { changeDetection } from './mutations.ts';

export interface Pattern {
  equals: string | null;
  contains: string | null;
  wildcard: string | null;
  regex: string | null;
}

export interface Sign {
  productCode: string | null;
  upgradeCode: string | null;
  packageFamily: string | null;
  package: string | null;
  named: { name: Pattern; publisher: Pattern | null } | null;
}

export interface Match {
  any: readonly Sign[];
}

/** "is 7-Zip", as in "its name is 7-Zip". */
function patternWords({ equals, contains, wildcard, regex }: Pattern): string {
  if (equals !== null) return `is ${equals}`;
  if (contains !== null) return `contains ${contains}`;
  return wildcard === null ? `matches the regular expression ${regex}` : `looks like ${wildcard}`;
}

export function signWords({ productCode, upgradeCode, packageFamily, package: packageName, named }: Sign): string {
  if (productCode !== null) return `Its product code is ${productCode}`;
  if (upgradeCode !== null) return `Its upgrade code is ${upgradeCode}`;
  if (packageFamily !== null) return `It is of the package family ${packageFamily}`;
  if (packageName !== null) return `It is the package ${packageName}`;
  // A newer server may know more signs.
  if (!named) return 'It is told by a sign that this console does not know';
  const publisher = named.publisher ? `, and its publisher ${patternWords(named.publisher)}` : '';
  return `Its name ${patternWords(named.name)}${publisher}`;
}

/** "among the installed programs, by 2 signs". */
export const matchWords = (signs: number): string => `among the installed programs, by ${plural(signs, 'sign')}`;

export type MatchInput = NonNullable<VariablesOf<typeof changeDetection>['input']['detectionProgram']>;
type SignInput = MatchInput['any'][number];
type PatternInput = Extract<SignInput, { named: object }>['named']['name'];

/** To be put back; nothing where a sign is none that this console knows. */
export function asMatched({ any }: Match): MatchInput | undefined {
  const signs = any.map(signOf);
  return signs.every((sign) => sign !== undefined) ? { any: signs } : undefined;
}

function signOf({ productCode, upgradeCode, packageFamily, package: packageName, named }: Sign): SignInput | undefined {
  if (productCode !== null) return { productCode };
  if (upgradeCode !== null) return { upgradeCode };
  if (packageFamily !== null) return { packageFamily };
  if (packageName !== null) return { package: packageName };
  const name = named && patternOf(named.name);
  const publisher = named?.publisher && patternOf(named.publisher);
  if (!name || (named.publisher && !publisher)) return undefined;
  return { named: publisher ? { name, publisher } : { name } };
}

function patternOf({ equals, contains, wildcard, regex }: Pattern): PatternInput | undefined {
  if (equals !== null) return { equals };
  if (contains !== null) return { contains };
  if (wildcard !== null) return { wildcard };
  return regex === null ? undefined : { regex };
}
