// Sends a change and says what came of it. Nothing is shown before the server has done it: its answer tells a position, and pages are read again.
import type { AnyVariables, DocumentInput } from '@urql/core';
import { useCallback, useRef, useState } from 'react';
import { live } from '../live/live.ts';
import { send } from './client.ts';
import { type Failure, failureOf } from './failure.ts';
import { uuid } from './uuid.ts';

export interface UserError {
  code: string;
  message: string;
  field?: readonly string[] | null;
}

export type Outcome<P> =
  | { kind: 'done'; payload: P; position: string | undefined }
  | { kind: 'refused'; errors: readonly UserError[]; payload: P }
  | { kind: 'failed'; failure: Failure };

type PayloadOf<D> = NonNullable<D[keyof D]>;

export interface Change<D, V> {
  isBusy: boolean;
  outcome: Outcome<PayloadOf<D>> | undefined;
  /** The id under which a change is sent stays the same until it was answered, so that one whose answer was lost is not done twice. */
  send: (variables: (commandId: string) => V) => Promise<Outcome<PayloadOf<D>>>;
  reset: () => void;
}

export function useChange<D, V extends AnyVariables>(document: DocumentInput<D, V>): Change<D, V> {
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome<PayloadOf<D>>>();
  const unanswered = useRef<string | undefined>(undefined);

  const sendOnce = useCallback(
    async (variables: (commandId: string) => V) => {
      const commandId = unanswered.current ?? uuid();
      unanswered.current = commandId;
      setBusy(true);
      const came = outcomeOf(await send(document, variables(commandId)));
      if (came.kind !== 'failed') unanswered.current = undefined;
      if (came.kind === 'done' && came.position) live.touched({ position: came.position });
      setBusy(false);
      setOutcome(came);
      return came;
    },
    [document],
  );

  const reset = useCallback(() => {
    unanswered.current = undefined;
    setOutcome(undefined);
  }, []);
  return { isBusy, outcome, send: sendOnce, reset };
}

/** A document of a change asks for one payload; that decides. */
function outcomeOf<D>({ data, error }: { data?: D | undefined; error?: Parameters<typeof failureOf>[0] | undefined }): Outcome<PayloadOf<D>> {
  const payload = data ? (Object.values(data as object)[0] as (PayloadOf<D> & { userErrors?: UserError[]; position?: string }) | null) : null;
  if (!payload) {
    return { kind: 'failed', failure: error ? failureOf(error) : { code: 'INTERNAL', message: 'The answer was empty.', mayPass: true } };
  }
  if (payload.userErrors && payload.userErrors.length > 0) return { kind: 'refused', errors: payload.userErrors, payload };
  return { kind: 'done', payload, position: payload.position };
}
