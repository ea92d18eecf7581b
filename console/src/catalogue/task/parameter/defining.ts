// The parameters of a task while they are being defined. What was typed for a kind that is not chosen at the moment stays, so that trying
// another one out loses nothing.
import type { VariablesOf } from '~/kit/api/graphql.ts';
import type { defineParameters } from './mutations.ts';
import type { Parameter, ParameterKind } from './parameter.ts';
import { isOfKind, type Value } from './value.ts';
import { LONGEST_TEXT } from './words.ts';

export interface ParameterDraft {
  /** Tells it from the others while they are written. */
  key: number;
  name: string;
  label: string;
  help: string;
  kind: ParameterKind;
  maxChars: number | undefined;
  pattern: string;
  min: number | undefined;
  max: number | undefined;
  isWhole: boolean;
  /** One a line. */
  choices: string;
  isRequired: boolean;
  default: Value | undefined;
  /** The parameter by which it is shown, which may get another name meanwhile. */
  shownBy: number | undefined;
  shownIs: Value | undefined;
}

export type Drafts = readonly ParameterDraft[];

/** The most parameters that a task may have. */
export const MOST = 50;

export function draftsOf(parameters: readonly Parameter[]): Drafts {
  const keyOf = (name: string) => parameters.findIndex((one) => one.name === name);
  return parameters.map(({ name, label, help, kind, maxChars, pattern, min, max, isWhole, choices, isRequired, default: usual, shownWhen }, key) => ({
    key,
    name,
    label: label ?? '',
    help: help ?? '',
    kind,
    // The API tells the longest text that there is where none was given.
    maxChars: maxChars === null || maxChars === LONGEST_TEXT ? undefined : maxChars,
    pattern: pattern ?? '',
    min: min ?? undefined,
    max: max ?? undefined,
    isWhole: isWhole ?? false,
    choices: (choices ?? []).join('\n'),
    isRequired,
    default: usual,
    shownBy: shownWhen && keyOf(shownWhen.parameter),
    shownIs: shownWhen?.is,
  }));
}

const BLANK: Omit<ParameterDraft, 'key'> = {
  name: '',
  label: '',
  help: '',
  kind: 'TEXT',
  maxChars: undefined,
  pattern: '',
  min: undefined,
  max: undefined,
  isWhole: false,
  choices: '',
  isRequired: false,
  default: undefined,
  shownBy: undefined,
  shownIs: undefined,
};

/** With one more, of nothing yet; and its key. */
export function withNew(drafts: Drafts): { drafts: Drafts; key: number } {
  const key = Math.max(-1, ...drafts.map(({ key }) => key)) + 1;
  return { drafts: [...drafts, { ...BLANK, key }], key };
}

/** With the one at a place moved there by so many. */
export function moved(drafts: Drafts, key: number, by: -1 | 1): Drafts {
  const from = drafts.findIndex((one) => one.key === key);
  const [one, other] = [drafts[from], drafts[from + by]];
  if (!one || !other) return drafts;
  return drafts.map((draft) => (draft === one ? other : draft === other ? one : draft));
}

export function choicesIn({ choices }: Pick<ParameterDraft, 'choices'>): string[] {
  return choices.split('\n').filter((line) => line.trim() !== '');
}

export const hasChoices = (kind: ParameterKind): boolean => kind === 'CHOICE' || kind === 'MULTI_CHOICE';

/** As what the value has to be by which another one is shown: of several choices one is enough. */
export function askedAs({ kind }: Pick<ParameterDraft, 'kind'>, is: Value | undefined): ParameterKind {
  return kind === 'MULTI_CHOICE' && !(is && 'choices' in is) ? 'CHOICE' : kind;
}

/** Those that stand before it, and are no secrets: by one of them it can be shown. */
export function before(drafts: Drafts, key: number): Drafts {
  const place = drafts.findIndex((one) => one.key === key);
  return drafts.slice(0, place).filter(({ kind }) => kind !== 'SECRET');
}

/** What has to be mended before it can be sent; the rest the server says. */
export function lackOf(draft: ParameterDraft, drafts: Drafts): string | undefined {
  if (draft.name.trim() === '') return 'It needs a name.';
  if (hasChoices(draft.kind) && choicesIn(draft).length === 0) return 'It needs a choice at least.';
  if (draft.shownBy === undefined) return undefined;
  const decides = before(drafts, draft.key).find(({ key }) => key === draft.shownBy);
  if (!decides) return 'What it is shown by does not stand before it, or is a secret: choose anew when it is shown.';
  return shownIs(draft, decides) ? undefined : 'It is not said for which value it is shown.';
}

function shownIs({ shownIs }: ParameterDraft, decides: ParameterDraft): Value | undefined {
  return shownIs && isOfKind(askedAs(decides, shownIs), shownIs) ? shownIs : undefined;
}

type Definition = VariablesOf<typeof defineParameters>['input']['parameters'];

/** As the API takes them; nothing while they are not whole. */
export function definitionOf(drafts: Drafts): Definition | undefined {
  return drafts.every((draft) => lackOf(draft, drafts) === undefined) ? drafts.map((draft) => inputOf(draft, drafts)) : undefined;
}

function inputOf(draft: ParameterDraft, drafts: Drafts): Definition[number] {
  const { name, label, help, kind, isRequired, default: usual } = draft;
  const decides = before(drafts, draft.key).find(({ key }) => key === draft.shownBy);
  const is = decides && shownIs(draft, decides);
  return {
    name: name.trim(),
    ...(label.trim() && { label: label.trim() }),
    ...(help.trim() && { help: help.trim() }),
    kind,
    ...ruleOf(draft),
    isRequired,
    ...(usual && kind !== 'SECRET' && isOfKind(kind, usual) && { default: usual }),
    ...(decides && is && { shownWhen: { parameter: decides.name.trim(), is } }),
  };
}

/** Those members that are of its kind: the others are refused. */
function ruleOf(draft: ParameterDraft): Partial<Definition[number]> {
  const { kind, maxChars, pattern, min, max, isWhole } = draft;
  if (kind === 'TEXT') return { ...(maxChars !== undefined && { maxChars }), ...(pattern && { pattern }) };
  if (kind === 'NUMBER') return { ...(min !== undefined && { min }), ...(max !== undefined && { max }), isWhole };
  return hasChoices(kind) ? { choices: choicesIn(draft) } : {};
}
