// What a prerequisite said, out of the data of its events, in the words of now: the log has its own spelling, and ids in place of names.
import { eachOf, isThere, membersOf, textOf } from '~/kit/json/members.ts';
import { type Chosen, type ConditionDraft, EMPTY, phraseOf } from './draft.ts';
import { ANY, type RangeDraft } from './range.ts';

type NameOf = (id: string) => string;

/** Nothing where it says nothing that is known here. */
export function prerequisiteOf(logged: unknown, nameOf: NameOf): string | undefined {
  const { when, then, of } = membersOf(logged);
  if (!isThere(when) || !isThere(then)) return undefined;
  const chosen = (id: unknown): Chosen => ({ id: textOf(id), name: nameOf(textOf(id)) });
  const said = consequenceOf(then, chosen);
  if (!said) return undefined;
  const { hold, of: conditions } = membersOf(when);
  const phrase = phraseOf({ ...EMPTY, ...said, hold: hold === 'any' ? 'ANY' : 'ALL', conditions: eachOf(conditions).map(conditionOf(chosen)) });
  return textOf(of) ? `before ${nameOf(textOf(of))}: ${phrase}` : phrase;
}

function conditionOf(chosen: (id: unknown) => Chosen) {
  return ({ kind, software, versions }: ReturnType<typeof membersOf>, key: number): ConditionDraft => ({
    key,
    software: chosen(software),
    isInstalled: kind === 'installed',
    versions: loggedRange(versions),
  });
}

function loggedRange(logged: unknown): RangeDraft {
  const { kind, version, from, below } = membersOf(logged);
  const named = textOf(version);
  switch (kind) {
    case 'exactly':
      return { ...ANY, kind, exactly: named };
    case 'atLeast':
      return { ...ANY, kind: 'from', from: named };
    case 'below':
      return { ...ANY, kind, below: named };
    case 'between':
      return { ...ANY, kind, from: textOf(from), below: textOf(below) };
    default:
      return ANY;
  }
}

function consequenceOf(logged: unknown, chosen: (id: unknown) => Chosen) {
  const { kind, software, version, message } = membersOf(logged);
  switch (kind) {
    case 'install': {
      const { kind: wanted, version: named } = membersOf(version);
      return {
        kind: 'INSTALL',
        software: chosen(software),
        wanted: wanted === 'exactly' ? 'exactly' : wanted === 'atLeast' ? 'from' : 'any',
        version: textOf(named),
      } as const;
    }
    case 'uninstall':
      return { kind: 'UNINSTALL', software: chosen(software) } as const;
    case 'fail':
      return { kind: 'FAIL', message: textOf(message) } as const;
    default:
      return undefined;
  }
}
