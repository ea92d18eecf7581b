// Which versions of a software are meant: as it is written, as the API takes it, and in words.

export const RANGES = ['any', 'exactly', 'from', 'below', 'between'] as const;

export type RangeKind = (typeof RANGES)[number];

/** What was typed for one kind stays while another is tried out. */
export interface RangeDraft {
  kind: RangeKind;
  exactly: string;
  from: string;
  below: string;
}

export interface Range {
  exactly?: string | null;
  from?: string | null;
  below?: string | null;
}

export const ANY: RangeDraft = { kind: 'any', exactly: '', from: '', below: '' };

export const RANGE_NAMES: Readonly<Record<RangeKind, string>> = {
  any: 'Any version',
  exactly: 'Exactly one version',
  from: 'A version or newer',
  below: 'Older than a version',
  between: 'From one version, below another',
};

/** The versions that a kind of range names. */
export const BOUNDS: Readonly<Record<RangeKind, readonly (keyof Range)[]>> = {
  any: [],
  exactly: ['exactly'],
  from: ['from'],
  below: ['below'],
  between: ['from', 'below'],
};

export function rangeDraftOf(range: Range | null | undefined): RangeDraft {
  const { exactly, from, below } = range ?? {};
  const kind = exactly ? 'exactly' : from && below ? 'between' : from ? 'from' : below ? 'below' : 'any';
  return { kind, exactly: exactly ?? '', from: from ?? '', below: below ?? '' };
}

/** Nothing while a version is missing. */
export function rangeOf(draft: RangeDraft): Range | undefined {
  const bounds = BOUNDS[draft.kind].map((bound) => [bound, draft[bound].trim()] as const);
  return bounds.every(([, version]) => version !== '') ? Object.fromEntries(bounds) : undefined;
}

/** " in version 2 or newer", as the server words it (domain/src/rules/prerequisite/range.rs); nothing for any version. */
export function rangeWords(draft: RangeDraft): string {
  const [exactly, from, below] = [draft.exactly, draft.from, draft.below].map((version) => version.trim() || '…');
  switch (draft.kind) {
    case 'any':
      return '';
    case 'exactly':
      return ` in version ${exactly}`;
    case 'from':
      return ` in version ${from} or newer`;
    case 'below':
      return ` in a version below ${below}`;
    case 'between':
      return ` in a version from ${from} to below ${below}`;
  }
}
