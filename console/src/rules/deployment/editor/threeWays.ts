// Two people change the same deployment: as it was when one began, as the other left it, and as the one wants it.

import type { SecretNames } from '~/catalogue/task/parameter/value.ts';
import { sentence } from '~/kit/text/words.ts';
import { toldWords } from '../told.ts';
import type { Draft } from './draft.ts';
import { changedParts, type Rule } from './input.ts';
import { desiredWords, targetWords } from './words.ts';

export interface ThreeWays {
  what: string;
  before: string;
  theirs: string;
  mine: string;
}

const PARTS: readonly { part: keyof Rule; what: string; words: (draft: Draft, names: SecretNames) => string }[] = [
  { part: 'desired', what: 'State', words: desiredWords },
  { part: 'target', what: 'Target', words: targetWords },
  { part: 'enforcement', what: 'Enforcement', words: ({ enforcement }) => sentence(enforcement) },
  { part: 'parameters', what: 'Parameters', words: ({ told }, names) => toldWords(told, names) },
];

/** The parts in which the three are not the same. */
export function threeWays(before: Draft, theirs: Draft, mine: Draft, names: SecretNames): ThreeWays[] {
  const moved = { ...changedParts(before, theirs), ...changedParts(before, mine) };
  return PARTS.filter(({ part }) => part in moved).map(({ what, words }) => ({
    what,
    before: words(before, names),
    theirs: words(theirs, names),
    mine: words(mine, names),
  }));
}

/** Theirs, with those parts that I changed as I want them. */
export function onTop(before: Draft, theirs: Draft, mine: Draft): Draft {
  return withParts(theirs, mine, changedParts(before, mine));
}

/** The draft, with those parts as another one has them. */
export function withParts(draft: Draft, other: Draft, parts: Partial<Record<keyof Rule, unknown>>): Draft {
  const { item: _item, origin: _origin, desired, version, enforcement, told, ...target } = other;
  return {
    ...draft,
    ...('target' in parts ? target : {}),
    ...('desired' in parts ? { desired, version } : {}),
    ...('enforcement' in parts ? { enforcement } : {}),
    ...('parameters' in parts ? { told } : {}),
  };
}
