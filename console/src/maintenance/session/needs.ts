// What an action needs before it, in words, and how deep actions are parts of others.
import type { Tone } from '~/kit/text/Mark.tsx';

interface Judged {
  judgement: 'HOLDS' | 'DOES_NOT_HOLD' | 'UNKNOWN' | null;
  obstacle: string | null;
}

/** Whether it applied. One that applies and is never met is what the action failed of. */
export function judgementOf({ judgement, obstacle }: Judged): { word: string; tone: Tone } {
  switch (judgement) {
    case 'HOLDS':
      return { word: 'Applies', tone: obstacle ? 'bad' : 'good' };
    case 'DOES_NOT_HOLD':
      return { word: 'Does not apply', tone: 'quiet' };
    case 'UNKNOWN':
      return { word: 'Not known', tone: 'bad' };
    default:
      return { word: 'Not judged', tone: 'quiet' };
  }
}

interface Seen {
  software: { name: string } | null;
  isInstalled: boolean | null;
  version: string | null;
}

/** What it was judged by: "OpenJDK was not there". */
export function seenWords(seen: readonly Seen[]): string {
  return seen
    .map(({ software, isInstalled, version }) => {
      const name = software?.name ?? 'a software that is not there any more';
      if (isInstalled === null) return `the look at ${name} told nothing`;
      return isInstalled ? `${name}${version ? ` ${version}` : ''} was there` : `${name} was not there`;
    })
    .join(', ');
}

interface Part {
  id: string;
  parent: { id: string } | null;
}

/** Of each action, how many others it is a part of, one in the other. */
export function depthsOf(actions: readonly Part[]): ReadonlyMap<string, number> {
  const parents = new Map(actions.map(({ id, parent }) => [id, parent?.id]));
  const depthOf = (id: string, seen: readonly string[] = []): number => {
    const parent = parents.get(id);
    // What names itself by way of others, as history may, has no depth.
    return parent && parents.has(parent) && !seen.includes(parent) ? 1 + depthOf(parent, [...seen, id]) : 0;
  };
  return new Map(actions.map(({ id }) => [id, depthOf(id)]));
}
