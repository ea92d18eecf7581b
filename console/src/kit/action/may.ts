// What the server says may be done to a thing, by the name of the mutation.
import { graphql, type ResultOf } from '../api/graphql.ts';
import type { Possibility } from './Action.tsx';

/** Of a thing: `may { ...May }`. */
export const mayFragment = graphql('fragment May on Possibility @_unmask { mutation isAllowed reason }');

export type May = readonly ResultOf<typeof mayFragment>[];

/** Before the server has said anything of it. */
export const AWAITED: Possibility = { isAllowed: false, isAwaited: true };

/** Whether a mutation may be sent; what the server does not speak of is tried, and it says then. */
export function possible(may: May | undefined, mutation: string): Possibility | undefined {
  return may?.find((one) => one.mutation === mutation);
}
