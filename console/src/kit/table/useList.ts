// A long list as a page uses it: read at one position, again where something relevant happened, kept while a filter changes.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useEffect, useMemo, useRef } from 'react';
import { positionOf, read } from '../api/client.ts';
import { failureOf } from '../api/failure.ts';
import { useMoment } from '../live/moment.ts';
import { useObserved } from '../live/observed.ts';
import { usePace } from '../live/usePage.ts';
import { ListPages, type ReadPage, type Shown } from './ListPages.ts';

export interface Connection<R> {
  nodes: readonly R[];
  totalCount: number | null;
}

export interface List<R> {
  /** Is told which rows the window is over. */
  pages: { want: (from: number, to: number) => void };
  shown: Shown<R>;
  /** Whether more follow than were counted: how many nobody knows. */
  hasMore?: boolean;
  again: () => void;
}

interface PageVariables {
  first?: number | null;
  skip?: number | null;
  asOf?: unknown;
}

/** `pick` finds the connection in an answer. The document takes `first`, `skip` and `asOf`. */
export function useList<D, V extends AnyVariables & PageVariables, R>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf' | 'first' | 'skip'>,
  pick: (data: D) => Connection<R> | null | undefined,
  concerns?: readonly string[],
  /** Rows of a page, where the API's 100 would cost too much. */
  size?: number,
): List<R> {
  const asOf = useMoment();
  const key = JSON.stringify([variables, asOf]);
  const before = useRef<Shown<R> | undefined>(undefined);

  // The key is the variables, as text: they are other objects at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const pages = useMemo(() => {
    const readPage: ReadPage<R> = async (skip, first, moment, signal) => {
      const result = await read(document, { ...variables, first, skip, asOf: moment } as unknown as V, signal);
      const { data, error } = result;
      const connection = data ? pick(data) : undefined;
      if (error) return failureOf(error);
      if (!connection) return { code: 'NOT_FOUND', message: 'There is no such list.', mayPass: false };
      return { rows: connection.nodes, total: connection.totalCount, position: positionOf(result) };
    };
    return new ListPages<R>(readPage, asOf, before.current, size);
  }, [document, key]);

  const shown = useObserved(pages.shown);
  before.current = shown;
  useEffect(() => {
    void pages.refresh();
    return () => pages.close();
  }, [pages]);
  const again = useMemo(() => () => void pages.refresh(), [pages]);
  usePace(again, { isReading: shown.isReading, isStill: asOf !== undefined, concerns, hasFailed: shown.failure !== undefined });
  return { pages, shown, again };
}
