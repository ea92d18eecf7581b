// A change of many things: as many at once as the server takes, one answer for each thing.
import type { AnyVariables, DocumentInput } from '@urql/core';
import { send } from '../api/client.ts';
import { failureOf } from '../api/failure.ts';
import type { UserError } from '../api/useChange.ts';
import { uuid } from '../api/uuid.ts';
import { live } from '../live/live.ts';

/** How many ids a mutation of many takes. */
export const AT_ONCE = 500;

export interface Thing {
  id: string;
  /** Nothing where it is not known. */
  name: string | undefined;
}

/** What the server said of one thing that it did not change. */
export interface Refusal {
  thing: Thing;
  errors: readonly UserError[];
}

export interface Tally {
  done: number;
  refusals: readonly Refusal[];
  /** Things that were sent and not answered for: it is not known what became of them. */
  unknown: readonly Thing[];
  /** Things that were not sent after that. */
  unsent: readonly Thing[];
  failure: UserError | undefined;
}

export const NOTHING_YET: Tally = { done: 0, refusals: [], unknown: [], unsent: [], failure: undefined };

interface Result {
  givenId: string;
  userErrors: readonly UserError[];
}

export function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** What one answer adds. */
export function counted(before: Tally, things: readonly Thing[], results: readonly Result[]): Tally {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  const refusals = results
    .filter(({ userErrors }) => userErrors.length > 0)
    .map(({ givenId, userErrors }) => ({ thing: byId.get(givenId) ?? { id: givenId, name: undefined }, errors: userErrors }));
  return { ...before, done: before.done + results.length - refusals.length, refusals: [...before.refusals, ...refusals] };
}

interface Many<D, V> {
  document: DocumentInput<D, V>;
  things: readonly Thing[];
  variables: (ids: string[], commandId: string) => V;
  progress: (tally: Tally) => void;
}

/** Sends part by part, and stops at the first part without an answer: sending that again is safe, doing the rest blindly is not. */
export async function changeMany<D, V extends AnyVariables>({ document, things, variables, progress }: Many<D, V>): Promise<Tally> {
  let tally = NOTHING_YET;
  const rest = parts(things, AT_ONCE);
  for (let part = rest.shift(); part; part = rest.shift()) {
    const ids = part.map(({ id }) => id);
    const { data, error } = await send(document, variables(ids, uuid()));
    const payload = data && (Object.values(data as object)[0] as { results: readonly Result[]; position: string } | null);
    if (!payload) {
      const failure = error ? failureOf(error) : { code: 'INTERNAL', message: 'The answer was empty.' };
      return { ...tally, unknown: part, unsent: rest.flat(), failure };
    }
    live.touched({ position: payload.position });
    tally = counted(tally, part, payload.results);
    progress(tally);
  }
  return tally;
}
