// Parameters of a task in words.
import { grouped } from '~/kit/text/words.ts';
import type { Parameter, ParameterKind } from './parameter.ts';
import { valueWords } from './value.ts';

export const KINDS: Record<ParameterKind, string> = {
  TEXT: 'Text',
  NUMBER: 'Number',
  BOOLEAN: 'Yes or no',
  CHOICE: 'One choice',
  MULTI_CHOICE: 'Several choices',
  SECRET: 'Secret',
};

/** The longest text that the API takes for a parameter, in characters. */
export const LONGEST_TEXT = 4000;

type Ruled = Pick<Parameter, 'kind' | 'maxChars' | 'pattern' | 'min' | 'max' | 'isWhole'>;

/** Which values fit, beyond its kind: "A whole number from 1 to 65535."; nothing where all do, and where its choices say it. */
export function ruleWords({ kind, maxChars, pattern, min, max, isWhole }: Ruled): string | undefined {
  if (kind === 'TEXT') {
    const isShort = maxChars !== null && maxChars < LONGEST_TEXT;
    const rules = [isShort && `At most ${grouped(maxChars)} characters.`, pattern !== null && `It matches ${pattern} from its beginning to its end.`];
    return rules.filter(Boolean).join(' ') || undefined;
  }
  if (kind !== 'NUMBER' || (min === null && max === null && !isWhole)) return undefined;
  const from = min !== null && max !== null ? ` from ${min} to ${max}` : min !== null ? ` of at least ${min}` : max !== null ? ` of at most ${max}` : '';
  return `A ${isWhole ? 'whole ' : ''}number${from}.`;
}

/** "Encrypted is yes": where it is shown; nothing where it always is. */
export function shownWords({ shownWhen }: Pick<Parameter, 'shownWhen'>): string | undefined {
  if (!shownWhen) return undefined;
  const { parameter, is } = shownWhen;
  return `${parameter} is ${valueWords(is)}`;
}
