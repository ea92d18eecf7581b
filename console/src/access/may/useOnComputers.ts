// What a role forbids on every computer that it sees, for where many stand in a list: asked of one of them.
import type { Possibility } from '~/kit/action/Action.tsx';
import { AWAITED } from '~/kit/action/may.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';

const onComputersQuery = graphql('query OnComputers { computers(first: 1) { nodes { may { mutation isAllowed code reason } } } }');

/** By the mutation for one computer; what else may forbid it is of that one alone, and left to each. */
export function useOnComputers(): (mutation: string) => Possibility | undefined {
  const { data, failure } = usePage(onComputersQuery, {}, { concerns: ['COMPUTER', 'API_TOKEN'] });
  const may = data?.computers?.nodes[0]?.may;
  return (mutation) => (!data && !failure ? AWAITED : may?.find((one) => one.mutation === mutation && one.code === 'FORBIDDEN'));
}
