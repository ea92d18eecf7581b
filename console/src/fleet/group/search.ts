import { oneOf, optional, text } from '~/kit/url/search.ts';

export const KINDS = ['DIRECTORY', 'DEVICE'] as const;
export type Kind = (typeof KINDS)[number];

/** What each kind is, for whoever chooses or reads one. */
export const KIND_WORDS: Record<Kind, string> = { DIRECTORY: 'Directory group', DEVICE: 'Device group' };

export function groupsSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant'), kind: oneOf(search, 'kind', KINDS) });
}
