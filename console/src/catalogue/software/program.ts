// By what a program is told from others, in words.

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
