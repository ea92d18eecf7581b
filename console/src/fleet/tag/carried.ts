// By how many a tag is carried, in words.
import { plural } from '~/kit/text/words.ts';

export interface Carried {
  computerCount: number;
  tenantCount: number;
  personCount: number;
}

/** "12 computers, 1 person": only what carries it. */
export function carriedWords({ computerCount, tenantCount, personCount }: Carried): string {
  const carriers: [count: number, words: string][] = [
    [computerCount, plural(computerCount, 'computer')],
    [tenantCount, plural(tenantCount, 'tenant')],
    [personCount, plural(personCount, 'person', 'people')],
  ];
  return carriers
    .filter(([count]) => count > 0)
    .map(([, words]) => words)
    .join(', ');
}
