// All rows of a list, for what cannot be shown in part (a tree): page after page at one position, up to a bound.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { read } from '../api/client.ts';
import { type Failure, failureOf } from '../api/failure.ts';
import { type AsOf, useMoment } from '../live/moment.ts';
import { share } from '../live/share.ts';
import { type Page, usePace } from '../live/usePage.ts';

const PAGE = 100;

interface Connection<R> {
  nodes: readonly R[];
  totalCount: number | null;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface All<R> {
  rows: readonly R[];
  total: number;
}

interface Read<R> {
  key: string;
  data?: All<R>;
  position?: string | undefined;
  failure?: Failure | undefined;
  isReading: boolean;
}

/** `pick` finds the connection in an answer. The document takes `first`, `after` and `asOf`. At most `limit` rows are read. */
export function useAll<D, V extends AnyVariables, R>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf' | 'first' | 'after'>,
  pick: (data: D) => Connection<R> | null | undefined,
  { limit, concerns }: { limit: number; concerns: readonly string[] },
): Page<All<R>> {
  const asOf = useMoment();
  const key = JSON.stringify([variables, asOf]);
  const [state, setState] = useState<Read<R>>({ key, isReading: true });
  const [turn, setTurn] = useState(0);
  const picked = useRef(pick);
  picked.current = pick;

  // The key is the variables, as text: they are other objects at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isReading: true }));
    void (async () => {
      const came = await walk(document, variables, (data: D) => picked.current(data), asOf, limit, stop.signal);
      if (stop.signal.aborted) return;
      setState((before) =>
        'code' in came
          ? { ...before, key, failure: came, isReading: false }
          : { key, data: share(before.data, came.all), position: came.position, isReading: false },
      );
    })();
    return () => stop.abort();
  }, [document, key, limit, turn]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  usePace(again, { isReading: state.isReading, isStill: asOf !== undefined, concerns, hasFailed: state.failure !== undefined });
  return { data: state.data, position: state.position, failure: state.failure, isReading: state.isReading, isKept: false, again };
}

async function walk<D, V extends AnyVariables, R>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf' | 'first' | 'after'>,
  pick: (data: D) => Connection<R> | null | undefined,
  moment: AsOf | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<{ all: All<R>; position: string | undefined } | Failure> {
  const rows: R[] = [];
  let asOf = moment;
  let position: string | undefined;
  let after: string | undefined;
  for (;;) {
    const { data, error, extensions } = await read(document, { ...variables, first: PAGE, after, asOf } as unknown as V, signal);
    if (error) return failureOf(error);
    const connection = data ? pick(data) : undefined;
    if (!connection) return { code: 'NOT_FOUND', message: 'There is no such list.', mayPass: false };
    position ??= extensions?.position as string | undefined;
    asOf ??= position === undefined ? undefined : { position };
    rows.push(...connection.nodes);
    const { hasNextPage, endCursor } = connection.pageInfo;
    if (!hasNextPage || !endCursor || rows.length >= limit) return { all: { rows, total: connection.totalCount ?? rows.length }, position };
    after = endCursor;
  }
}
