// A page is one document, and so one answer at one position. It is read again where something relevant happened, at most twice a second,
// not while it is hidden or being read; the last good answer stays in view until a better one is there.
import type { AnyVariables, OperationResult, TypedDocumentNode } from '@urql/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { pages, positionOf } from '../api/client.ts';
import { type Failure, failureOf, failuresOf } from '../api/failure.ts';
import { live, type Touch } from './live.ts';
import { useMoment } from './moment.ts';
import { session } from './session.ts';
import { share } from './share.ts';

/** The least time between two readings of a page, in milliseconds. */
export const PACE = 500;
/** How long a page whose reading failed waits before it is read again by itself, in milliseconds. */
const RETRY = 5_000;

export interface Page<D> {
  /** What is shown; nothing before the first answer. */
  data: D | undefined;
  /** The position of what is shown. */
  position: string | undefined;
  /** Why the newest reading did not work. */
  failure: Failure | undefined;
  /** What failed of what is shown, by the name that the part has in the document; only with `isInParts`. */
  failures: Readonly<Record<string, Failure>>;
  isReading: boolean;
  /** Whether what is shown is what other variables brought, until theirs is there; only with `keep`. */
  isKept: boolean;
  again: () => void;
}

interface Options {
  /** Kinds of things whose changes concern the page; any if not given. */
  concerns?: readonly string[];
  /** Whether what other variables brought stays in view until theirs are there: right for filters, a lie for another thing. */
  keep?: boolean;
  /** Whether it is not read yet. */
  pause?: boolean;
  /** Whether an answer in which some parts failed is shown without them: all that is there is still of one position. */
  isInParts?: boolean;
}

interface Read<D> {
  key: string;
  data?: D;
  /** The variables that brought the data. */
  of?: string;
  position?: string;
  failure?: Failure;
  failures?: Readonly<Record<string, Failure>>;
  isReading: boolean;
}

const NONE: Readonly<Record<string, Failure>> = {};

export function usePage<D, V extends AnyVariables>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf'>,
  { concerns, keep = false, pause = false, isInParts = false }: Options = {},
): Page<D> {
  const asOf = useMoment();
  const key = JSON.stringify({ ...variables, asOf });
  const [read, setRead] = useState<Read<D>>({ key, isReading: true });
  const [turn, setTurn] = useState(0);

  // The key is the variables, as text: they are other objects at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (pause) return undefined;
    setRead((before) => (before.key === key ? { ...before, isReading: true } : { ...(keep ? before : {}), key, isReading: true }));
    const requestPolicy = turn === 0 ? 'cache-and-network' : 'network-only';
    const reading = pages.query(document, { ...variables, asOf } as unknown as V, { requestPolicy });
    const { unsubscribe } = reading.subscribe((result) => setRead((before) => answered(before, key, result, isInParts)));
    return unsubscribe;
  }, [document, key, turn, pause, isInParts]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  const shown: Read<D> = read.key === key || keep ? read : { key, isReading: true };
  const failures = shown.failures ?? NONE;
  const hasFailed = shown.failure !== undefined || failures !== NONE;
  usePace(again, { isReading: shown.isReading, isStill: asOf !== undefined || pause, concerns, hasFailed });
  const isKept = shown.data !== undefined && shown.of !== key;
  return { data: shown.data, position: shown.position, failure: shown.failure, failures, isReading: shown.isReading && !pause, isKept, again };
}

function answered<D>(before: Read<D>, key: string, result: OperationResult<D>, isInParts: boolean): Read<D> {
  const { data, error, stale } = result;
  const ofThis = before.key === key ? before : { key, isReading: true };
  const isWhole = !error;
  const isPart = isInParts && data && error?.graphQLErrors.every(({ path }) => path);
  if (!isWhole && !isPart) return { ...ofThis, failure: failureOf(error), isReading: false };
  const read = { key, of: key, data: share(ofThis.data, data as D), position: positionOf(result), isReading: stale };
  return isWhole ? read : { ...read, failures: failuresOf(error) };
}

interface Pace {
  isReading: boolean;
  /** The least time between two readings, in milliseconds. */
  pace?: number;
  /** Whether nothing that happens concerns it: the past, or what is not read yet. */
  isStill: boolean;
  concerns: readonly string[] | undefined;
  hasFailed: boolean;
}

/** Reads again when it is due. */
export function usePace(again: () => void, { isReading, pace = PACE, isStill, concerns, hasFailed }: Pace) {
  const [due, setDue] = useState(false);
  const last = useRef(0);
  const wanted = useRef(concerns);
  wanted.current = concerns;

  useEffect(() => {
    if (isStill) return undefined;
    return live.onTouch((touch: Touch) => {
      if (concern(touch, wanted.current)) setDue(true);
    });
  }, [isStill]);

  useEffect(() => {
    if (!hasFailed || isReading || session.state.get() === 'ended') return undefined;
    const timer = setTimeout(() => setDue(true), RETRY);
    return () => clearTimeout(timer);
  }, [hasFailed, isReading]);

  useEffect(() => {
    if (!due || isReading) return undefined;
    const read = () => {
      if (document.hidden) return;
      last.current = Date.now();
      setDue(false);
      again();
    };
    const timer = setTimeout(read, Math.max(0, last.current + pace - Date.now()));
    document.addEventListener('visibilitychange', read);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [due, isReading, again, pace]);
}

function concern({ kinds }: Touch, concerns: readonly string[] | undefined): boolean {
  return !kinds || !concerns || kinds.some((kind) => concerns.includes(kind));
}
