// What stands beside something that is shown already, and is of the same position: a page stays one moment. It is read past the cache, as no
// position is asked for twice.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { read } from '../api/client.ts';
import { type Failure, failureOf } from '../api/failure.ts';
import { usePace } from './usePage.ts';

export interface Beside<D> {
  /** Nothing before it has come, and where it failed. Until that of the next position is there, it is that of the one before. */
  data: D | undefined;
  /** The position of what is shown. */
  position: string | undefined;
  /** The same, while that is not the position that is wanted. */
  behind: string | undefined;
  /** Why the newest reading did not work; what may pass is read again after a while. */
  failure: Failure | undefined;
  again: () => void;
}

interface Came<D> {
  /** The variables that brought it, and how often it was asked for anew. */
  key: string;
  position: string;
  data?: D | undefined;
  failure?: Failure | undefined;
  /** Whether it is to be read again, though nothing else is wanted. */
  isDue?: boolean;
}

interface Options {
  /** Whether it costs the server much: then it rests between two readings. */
  isCostly?: boolean;
}

/** What costs much is not read for so many times of what its reading took. */
const REST = 4;
/** What is read past a page follows that page, whatever happens. */
const NOTHING: readonly string[] = [];

/** Nothing is read without a position. */
export function useBeside<D, V extends AnyVariables>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf'>,
  position: string | undefined,
  { isCostly = false }: Options = {},
): Beside<D> {
  const [turn, setTurn] = useState(0);
  const [{ isReading, came }, setState] = useState<{ isReading: boolean; came?: Came<D> | undefined }>({ isReading: false });
  const key = JSON.stringify([turn, variables]);
  const stop = useRef(new AbortController());
  const restUntil = useRef(0);

  // Something else is read at once, whatever is being read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the variables, as text
  useEffect(() => {
    stop.current = new AbortController();
    restUntil.current = 0;
    setState((before) => ({ ...before, isReading: false }));
    return () => stop.current.abort();
  }, [document, key]);

  const isThere = came?.key === key && came.position === position && !came.isDue;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the variables, as text
  useEffect(() => {
    if (position === undefined || isReading || isThere) return undefined;
    const { signal } = stop.current;
    const begin = async () => {
      setState((before) => ({ ...before, isReading: true }));
      const began = Date.now();
      const { data, error } = await read(document, { ...variables, asOf: { position } } as unknown as V, signal);
      if (signal.aborted) return;
      if (isCostly) restUntil.current = Date.now() + REST * (Date.now() - began);
      setState({ isReading: false, came: { key, position, ...(error ? { failure: failureOf(error) } : { data }) } });
    };
    const timer = setTimeout(() => void begin(), Math.max(0, restUntil.current - Date.now()));
    return () => clearTimeout(timer);
  }, [document, key, position, isReading, isThere, isCostly]);

  // The page's next position has it read again in any case; but where nothing happens, none comes.
  const retry = useCallback(() => setState(({ came, ...before }) => ({ ...before, came: came?.failure ? { ...came, isDue: true } : came })), []);
  usePace(retry, { isReading, isStill: false, concerns: NOTHING, hasFailed: isThere && came.failure?.mayPass === true });

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  const shown = came?.key === key ? came : undefined;
  const behind = shown?.position === position ? undefined : shown?.position;
  return { data: shown?.data, position: shown?.position, behind, failure: shown?.failure, again };
}
