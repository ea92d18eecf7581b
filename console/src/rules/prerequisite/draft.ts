// A prerequisite that is being written. What was typed for a choice that is not made at the moment stays, so that trying another one out loses
// nothing.
import { type Told, whichWords } from '~/catalogue/item/which.ts';
import type { VariablesOf } from '~/kit/api/graphql.ts';
import type { addPrerequisite } from './mutations.ts';
import type { Hold, Prerequisite } from './prerequisite.ts';
import { ANY, type RangeDraft, rangeDraftOf, rangeOf, rangeWords } from './range.ts';

export interface Chosen {
  id: string;
  name: string;
  /** What tells it from others of its name. */
  which?: string | undefined;
}

export interface ConditionDraft {
  /** Tells it from the others while they are written. */
  key: number;
  software: Chosen | undefined;
  isInstalled: boolean;
  versions: RangeDraft;
}

export type Kind = Prerequisite['then']['kind'];
/** Which version has to be installed: whichever is wanted there, exactly one, or one and newer ones. */
export type Wanted = 'any' | 'exactly' | 'from';

export interface Draft {
  versions: RangeDraft;
  hold: Hold;
  conditions: readonly ConditionDraft[];
  kind: Kind;
  software: Chosen | undefined;
  wanted: Wanted;
  version: string;
  message: string;
}

export const EMPTY: Draft = { versions: ANY, hold: 'ALL', conditions: [], kind: 'INSTALL', software: undefined, wanted: 'any', version: '', message: '' };

/** The most conditions that the API takes. */
export const MOST_CONDITIONS = 20;
/** The longest message that the API takes, in characters. */
export const LONGEST_MESSAGE = 300;

export function draftOf({ versions, when, then }: Pick<Prerequisite, 'versions' | 'when' | 'then'>): Draft {
  return {
    versions: rangeDraftOf(versions),
    hold: when.hold,
    conditions: when.of.map(({ software, isInstalled, versions }, key) => ({
      key,
      software: chosen(software),
      isInstalled,
      versions: rangeDraftOf(versions),
    })),
    kind: then.kind,
    software: chosen(then.software),
    wanted: then.exactly ? 'exactly' : then.from ? 'from' : 'any',
    version: then.exactly ?? then.from ?? '',
    message: then.message ?? '',
  };
}

function chosen(software: ({ uuid: string; name: string } & Told) | null): Chosen | undefined {
  return software ? { id: software.uuid, name: software.name, which: whichWords(software) } : undefined;
}

/** With one more condition, of nothing yet. */
export function withCondition(draft: Draft): Draft {
  const key = Math.max(-1, ...draft.conditions.map(({ key }) => key)) + 1;
  return { ...draft, conditions: [...draft.conditions, { key, software: undefined, isInstalled: true, versions: ANY }] };
}

export type Says = Omit<VariablesOf<typeof addPrerequisite>['input'], 'softwareId' | 'confirmImpact' | 'options'>;

/** What it says, as the API takes it; nothing while it is not whole. */
export function saysOf(draft: Draft): Required<Says> | undefined {
  const versions = rangeOf(draft.versions);
  const conditions = draft.conditions.flatMap((one) => conditionOf(one) ?? []);
  const then = thenOf(draft);
  if (!versions || !then || conditions.length < draft.conditions.length) return undefined;
  return { versions, when: { hold: draft.hold, of: conditions }, then };
}

function conditionOf({ software, isInstalled, versions }: ConditionDraft) {
  const range = rangeOf(versions);
  if (!software || (isInstalled && !range)) return undefined;
  // Of what has to be missing no version is meant.
  return { softwareId: software.id, isInstalled, ...(isInstalled ? { versions: range } : {}) };
}

function thenOf({ kind, software, wanted, version, message }: Draft): Says['then'] | undefined {
  if (kind === 'FAIL') return message.trim() ? { fail: message.trim() } : undefined;
  if (!software) return undefined;
  if (kind === 'UNINSTALL') return { uninstallSoftwareId: software.id };
  const softwareId = software.id;
  if (wanted === 'any') return { install: { softwareId } };
  const named = version.trim();
  return named ? { install: { softwareId, [wanted]: named } } : undefined;
}

/** Those parts that say something else than the other does; all where nothing is known of that. */
export function otherParts(says: Required<Says>, than: Required<Says> | undefined): Partial<Says> {
  const isOther = (part: keyof Says) => JSON.stringify(says[part]) !== JSON.stringify(than?.[part]);
  const { versions, when, then } = says;
  return { ...(isOther('versions') && { versions }), ...(isOther('when') && { when }), ...(isOther('then') && { then }) };
}

/** As the server will word it (domain/src/rules/prerequisite/words.rs): it words only what is whole. */
export function sentenceOf(draft: Draft, of: string): string {
  return `Before ${of}${rangeWords(draft.versions)} is installed: ${phraseOf(draft)}.`;
}

/** What it says, without of what: "if Java is not installed, install Java". */
export function phraseOf(draft: Draft): string {
  const link = draft.hold === 'ANY' ? ' or ' : ' and ';
  const when = draft.conditions.map(conditionWords).join(link);
  return `${when && `if ${when}, `}${thenWords(draft)}`;
}

function conditionWords({ software, isInstalled, versions }: ConditionDraft): string {
  return `${software?.name ?? '…'} is ${isInstalled ? `installed${rangeWords(versions)}` : 'not installed'}`;
}

function thenWords({ kind, software, wanted, version, message }: Draft): string {
  const name = software?.name ?? '…';
  if (kind === 'FAIL') return `fail: ${message.trim() || '…'}`;
  if (kind === 'UNINSTALL') return `uninstall ${name}`;
  return `install ${name}${wantedWords(wanted, version.trim() || '…')}`;
}

/** " in version 8 or newer", of what has to be installed; nothing where any will do. */
export function wantedWords(wanted: Wanted, version: string): string {
  if (wanted === 'exactly') return ` in exactly version ${version}`;
  return wanted === 'from' ? ` in version ${version} or newer` : '';
}
