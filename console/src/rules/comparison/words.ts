const KINDS: Readonly<Record<string, string>> = {
  GAINED: 'Something is wanted where nothing was',
  LOST: 'Nothing is wanted any more',
  STATE_CHANGED: 'Another state is wanted',
  WINNER_CHANGED: 'Another deployment wants the same',
};

const SHORT: Readonly<Record<string, string>> = { GAINED: 'Gained', LOST: 'Lost', STATE_CHANGED: 'State', WINNER_CHANGED: 'Deployment' };

/** In which way items differ, in words. */
export const wayOf = (kind: string): string => KINDS[kind] ?? kind;

export const shortWayOf = (kind: string): string => SHORT[kind] ?? kind;
