// All rows of a list, for what cannot be shown in part (a tree): page after page at one position, up to a bound.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../api/failure.ts';
import { useMoment } from '../live/moment.ts';
import { share } from '../live/share.ts';
import { PACE, type Page, usePace } from '../live/usePage.ts';
import { type Walkable, walk } from './walk.ts';

/** How much longer each row makes the time between two readings, in milliseconds: thousands are not read twice a second. */
const PACE_OF_ROW = 1;

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
  pick: (data: D) => Walkable<R> | null | undefined,
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
      const came = await walk(document, variables, (data: D) => picked.current(data), { limit, asOf, signal: stop.signal });
      if (stop.signal.aborted) return;
      setState((before) =>
        'code' in came
          ? { ...before, key, failure: came, isReading: false }
          : { key, data: share(before.data, { rows: came.rows, total: came.total }), position: came.position, isReading: false },
      );
    })();
    return () => stop.abort();
  }, [document, key, limit, turn]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  const pace = Math.max(PACE, (state.data?.rows.length ?? 0) * PACE_OF_ROW);
  usePace(again, { isReading: state.isReading, pace, isStill: asOf !== undefined, concerns, hasFailed: state.failure !== undefined });
  return { data: state.data, position: state.position, failure: state.failure, failures: {}, isReading: state.isReading, isKept: false, again };
}
