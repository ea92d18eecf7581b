// How a software is detected, while that is being written: by a script, or among the programs that the computer's own system lists. What
// was typed for the way that is not chosen stays, so that trying the other one out loses nothing.
import { draftOf as draftOfScript, isSame as isSameScript, isWritten, type Script, type ScriptDraft } from '../../script/script.ts';
import { asMatched, type Match, type MatchInput, type Pattern, type Sign } from '../program.ts';

export type How = 'script' | 'program';
export type SignKind = keyof Sign;
export type PatternKind = keyof Pattern;

export interface PatternDraft {
  kind: PatternKind;
  text: string;
}

export interface SignDraft {
  /** Tells it from the others while they are written. */
  key: number;
  kind: SignKind;
  /** What names it, of all signs but its name. */
  code: string;
  name: PatternDraft;
  /** Whoever makes it where nothing is typed. */
  publisher: PatternDraft;
}

export interface DetectionDraft {
  how: How;
  script: ScriptDraft;
  signs: readonly SignDraft[];
}

/** The most signs that the API takes. */
export const MOST_SIGNS = 32;

interface Detected {
  detection: Script | null;
  detectionProgram: Match | null;
}

export function draftOf({ detection, detectionProgram }: Detected): DetectionDraft {
  const signs = detectionProgram?.any.flatMap((sign, key) => signDraftOf(sign, key) ?? []) ?? [];
  return { how: detectionProgram ? 'program' : 'script', script: draftOfScript(detection), signs: signs.length > 0 ? signs : [blank(0)] };
}

export const EMPTY: DetectionDraft = draftOf({ detection: null, detectionProgram: null });

function blank(key: number): SignDraft {
  return { key, kind: 'named', code: '', name: { kind: 'equals', text: '' }, publisher: { kind: 'equals', text: '' } };
}

/** Nothing of a sign that this console does not know. */
function signDraftOf(sign: Sign, key: number): SignDraft | undefined {
  const { named, ...codes } = sign;
  if (named) {
    const name = patternDraftOf(named.name);
    const publisher = named.publisher ? patternDraftOf(named.publisher) : blank(key).publisher;
    return name && publisher && { ...blank(key), name, publisher };
  }
  const [kind] = CODES.filter((kind) => codes[kind] !== null);
  return kind && { ...blank(key), kind, code: codes[kind] ?? '' };
}

function patternDraftOf(pattern: Pattern): PatternDraft | undefined {
  const [kind] = PATTERNS.filter((kind) => pattern[kind] !== null);
  return kind && { kind, text: pattern[kind] ?? '' };
}

export const CODES = ['package', 'productCode', 'upgradeCode', 'packageFamily'] as const satisfies readonly SignKind[];
export const PATTERNS = ['equals', 'contains', 'wildcard', 'regex'] as const satisfies readonly PatternKind[];

/** How many of its signs this console does not know: they would be lost. */
export function unknownSigns({ detectionProgram }: Detected): number {
  const signs = detectionProgram?.any ?? [];
  return signs.filter((sign, key) => signDraftOf(sign, key) === undefined).length;
}

/** With one more sign, of nothing yet. */
export function withSign(signs: readonly SignDraft[]): SignDraft[] {
  return [...signs, blank(Math.max(-1, ...signs.map(({ key }) => key)) + 1)];
}

/** Where the signs stand, for what the server says against one. */
export const placesOf = ({ how, signs }: DetectionDraft): string => `${how} ${signs.map(({ key }) => key).join()}`;

export function matchOf(signs: readonly SignDraft[]): MatchInput | undefined {
  const whole = signs.flatMap((sign) => signOf(sign) ?? []);
  return whole.length > 0 && whole.length === signs.length ? { any: whole } : undefined;
}

function signOf({ kind, code, name, publisher }: SignDraft): MatchInput['any'][number] | undefined {
  const trimmed = code.trim();
  switch (kind) {
    case 'package':
      return trimmed ? { package: trimmed } : undefined;
    case 'productCode':
      return trimmed ? { productCode: trimmed } : undefined;
    case 'upgradeCode':
      return trimmed ? { upgradeCode: trimmed } : undefined;
    case 'packageFamily':
      return trimmed ? { packageFamily: trimmed } : undefined;
    case 'named': {
      const [wanted, maker] = [patternOf(name), patternOf(publisher)];
      return wanted && { named: maker ? { name: wanted, publisher: maker } : { name: wanted } };
    }
  }
}

type PatternInput = Extract<MatchInput['any'][number], { named: object }>['named']['name'];

function patternOf({ kind, text }: PatternDraft): PatternInput | undefined {
  if (text.trim() === '') return undefined;
  switch (kind) {
    case 'equals':
      return { equals: text.trim() };
    case 'contains':
      return { contains: text.trim() };
    case 'wildcard':
      return { wildcard: text.trim() };
    case 'regex':
      // Spaces are a part of it.
      return { regex: text };
  }
}

type Says = { detection: ScriptDraft } | { detectionProgram: MatchInput };

/** As the API takes it; nothing while it is not whole. */
export function saysOf({ how, script, signs }: DetectionDraft): Says | undefined {
  if (how === 'script') return isWritten(script) ? { detection: script } : undefined;
  const match = matchOf(signs);
  return match && { detectionProgram: match };
}

/** What it says, if that is something else than what is there. */
export function otherThan(draft: DetectionDraft, { detection, detectionProgram }: Detected): Says | undefined {
  if (draft.how === 'script') return isSameScript(draft.script, detection ?? undefined) ? undefined : saysOf(draft);
  const before = detectionProgram && asMatched(detectionProgram);
  return JSON.stringify(matchOf(draft.signs)) === JSON.stringify(before) ? undefined : saysOf(draft);
}
