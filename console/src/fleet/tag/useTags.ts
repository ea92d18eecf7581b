// The API has no list of tags, so they are counted from what carries them: everything is read once, at one position, up to a bound, and again
// when somebody asks. What is beyond the bound is told, never guessed.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useState } from 'react';
import type { Failure } from '~/kit/api/failure.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { type AsOf, useMoment } from '~/kit/live/moment.ts';
import { type Walked, walk } from '~/kit/table/walk.ts';
import { type Tag, tagsOf } from './tags.ts';

/** The most computers, tenants and people that are read, of each. */
export const MOST = 10_000;

const taggedComputersQuery = graphql(`
  query TaggedComputers($first: Int, $after: String, $asOf: AsOfInput) {
    computers(first: $first, after: $after, asOf: $asOf) { totalCount pageInfo { hasNextPage endCursor } nodes { tags } }
  }
`);
const taggedTenantsQuery = graphql(`
  query TaggedTenants($first: Int, $after: String, $asOf: AsOfInput) {
    tenants(first: $first, after: $after, asOf: $asOf) { totalCount pageInfo { hasNextPage endCursor } nodes { tags } }
  }
`);
const taggedPeopleQuery = graphql(`
  query TaggedPeople($first: Int, $after: String, $asOf: AsOfInput) {
    people(first: $first, after: $after, asOf: $asOf) { totalCount pageInfo { hasNextPage endCursor } nodes { tags } }
  }
`);

interface Tagged {
  tags: readonly string[];
}

export interface Counted {
  tags: readonly Tag[];
  position: string | undefined;
  /** How many bearers were not read. */
  left: number;
}

export interface Tags {
  counted: Counted | undefined;
  failure: Failure | undefined;
  /** How many bearers were read so far. */
  read: number;
  isReading: boolean;
  again: () => void;
}

export function useTags(): Tags {
  const asOf = useMoment();
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<Omit<Tags, 'again'>>({ counted: undefined, failure: undefined, read: 0, isReading: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn reads again
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, read: 0, isReading: true }));
    const progress = (read: number) => !stop.signal.aborted && setState((before) => ({ ...before, read }));
    void count(asOf, stop.signal, progress).then((came) => {
      if (stop.signal.aborted) return;
      setState((before) =>
        'code' in came ? { ...before, failure: came, isReading: false } : { counted: came, failure: undefined, read: 0, isReading: false },
      );
    });
    return () => stop.abort();
  }, [asOf, turn]);
  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  return { ...state, again };
}

async function count(moment: AsOf | undefined, signal: AbortSignal, progress: (read: number) => void): Promise<Counted | Failure> {
  let asOf = moment;
  let before = 0;
  const all = async <D, V extends AnyVariables>(document: TypedDocumentNode<D, V>, pick: (data: D) => Connection | null): Promise<Walked<Tagged> | Failure> => {
    const came = await walk<D, V, Tagged>(document, {} as Omit<V, 'asOf' | 'first' | 'after'>, pick, {
      limit: MOST,
      asOf,
      signal,
      progress: (read) => progress(before + read),
    });
    if ('code' in came) return came;
    asOf ??= came.position === undefined ? undefined : { position: came.position };
    before += came.rows.length;
    return came;
  };
  const computers = await all(taggedComputersQuery, ({ computers }) => computers);
  if ('code' in computers) return computers;
  const tenants = await all(taggedTenantsQuery, ({ tenants }) => tenants);
  if ('code' in tenants) return tenants;
  const people = await all(taggedPeopleQuery, ({ people }) => people);
  if ('code' in people) return people;
  const left = [computers, tenants, people].reduce((sum, { rows, total }) => sum + total - rows.length, 0);
  return { tags: tagsOf({ computers: computers.rows, tenants: tenants.rows, people: people.rows }), position: computers.position, left };
}

interface Connection {
  totalCount: number | null;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: readonly Tagged[];
}
