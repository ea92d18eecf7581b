// What stands beside something that is shown already, and is of the same position: a page stays one moment. It is read past the cache, as no
// position is asked for twice.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { read } from '../api/client.ts';
import { type Failure, failureOf } from '../api/failure.ts';

export interface Beside<D> {
  /** Nothing before it has come, and where it failed. Until that of the next position is there, it is that of the one before. */
  data: D | undefined;
  /** The position of what is shown. */
  position: string | undefined;
  failure: Failure | undefined;
  again: () => void;
}

interface Came<D> {
  /** The variables that brought it, and how often it was asked for anew. */
  key: string;
  position: string;
  data?: D | undefined;
  failure?: Failure | undefined;
}

interface Options {
  /** How long nothing is read after a reading, as a multiple of what that took: for what costs the server much. */
  rest?: number;
}

/** Nothing is read without a position. */
export function useBeside<D, V extends AnyVariables>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf'>,
  position: string | undefined,
  { rest = 0 }: Options = {},
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

  const isThere = came?.key === key && came.position === position;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the variables, as text
  useEffect(() => {
    if (position === undefined || isReading || isThere) return undefined;
    const { signal } = stop.current;
    const begin = async () => {
      setState((before) => ({ ...before, isReading: true }));
      const began = Date.now();
      const { data, error } = await read(document, { ...variables, asOf: { position } } as unknown as V, signal);
      if (signal.aborted) return;
      restUntil.current = Date.now() + rest * (Date.now() - began);
      setState({ isReading: false, came: { key, position, ...(error ? { failure: failureOf(error) } : { data }) } });
    };
    const timer = setTimeout(() => void begin(), Math.max(0, restUntil.current - Date.now()));
    return () => clearTimeout(timer);
  }, [document, key, position, isReading, isThere, rest]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  const shown = came?.key === key ? came : undefined;
  return { data: shown?.data, position: shown?.position, failure: shown?.failure, again };
}
