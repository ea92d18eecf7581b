// What happened to a title of the catalogue, out of the data of its events.
import { eachOf, isThere, membersOf, textOf } from '~/kit/json/members.ts';
import { shortRevision } from './origin.ts';
import { matchWords } from './program.ts';

/** Whence it came, and in which state of that. */
export function originOf(logged: unknown, nameOf: (id: string) => string): string | undefined {
  const { source, identifier, from, revision } = membersOf(logged);
  const at = textOf(revision) ? `at ${shortRevision(textOf(revision))}` : '';
  const whence = textOf(source) ? `${textOf(source)} ${textOf(identifier)}` : textOf(from) ? `from ${nameOf(textOf(from))}` : '';
  return [whence, at].filter(Boolean).join(' ') || undefined;
}

/** Its licence and its tags. */
export function descriptionOf(logged: unknown): string | undefined {
  const { licence, tags } = membersOf(membersOf(logged).description);
  const words = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  return [textOf(licence), ...words].filter(Boolean).join(', ') || undefined;
}

/** How it is detected, where no script does it. */
export function detectionOf(logged: unknown): string | undefined {
  const { detection } = membersOf(logged);
  if (!isThere(detection)) return undefined;
  const { kind, any } = membersOf(detection);
  return kind === 'program' ? matchWords(eachOf(any).length) : undefined;
}
