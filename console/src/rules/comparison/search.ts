import { oneOf, optional, text } from '~/kit/url/search.ts';

export const KINDS = ['GAINED', 'LOST', 'STATE_CHANGED', 'WINNER_CHANGED'] as const;

/** Which two moments are compared, for what, and which part of the difference is shown. A moment is a time or a position; none is now. */
export const comparisonSearch = (search: Record<string, unknown>) =>
  optional({
    earlier: text(search, 'earlier'),
    later: text(search, 'later'),
    computer: text(search, 'computer'),
    tenant: text(search, 'tenant'),
    kind: oneOf(search, 'kind', KINDS),
    /** Only the changes at this tenant; the counts stay those of all. */
    at: text(search, 'at'),
    after: text(search, 'after'),
  });
