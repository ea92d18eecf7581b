// Which moment is looked at: now, or one that the URL names as `asOf`.
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { text } from '../url/search.ts';
import { isPosition } from './position.ts';

export type AsOf = { position: string; time?: never } | { time: string; position?: never };

/** The moment that a text names: a position, or a time in RFC 3339. Anything else is none. */
export function momentOf(value: string | undefined): AsOf | undefined {
  if (!value) return undefined;
  if (isPosition(value)) return { position: value };
  const time = new Date(value);
  return /^\d{4}-/.test(value) && !Number.isNaN(time.getTime()) ? { time: time.toISOString() } : undefined;
}

/** What `asOf` of a query is; nothing is now. */
export function useMoment(): AsOf | undefined {
  const asOf = text(useSearch({ strict: false }) as Record<string, unknown>, 'asOf');
  return useMemo(() => momentOf(asOf), [asOf]);
}
