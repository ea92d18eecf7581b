// What may be made where nothing is yet that could say so: in the tenant that is looked at, in the viewer's own, for the whole
// installation, for one computer or person.
import type { Possibility } from '~/kit/action/Action.tsx';
import { AWAITED, mayFragment, possible } from '~/kit/action/may.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';

export const makesQuery = graphql(
  `
  query Makes($tenant: ID!, $isInOne: Boolean!) {
    viewer { mayMake { ...May } tenant { may { ...May } } }
    tenant(id: $tenant) @include(if: $isInOne) { may { ...May } }
    tenants(first: 1) @skip(if: $isInOne) { nodes { may { ...May } } }
    computers(first: 1) { nodes { may { ...May } } }
    people(first: 1) { nodes { may { ...May } } }
  }
`,
  [mayFragment],
);

/** By the mutation that makes it. It is possible where it is possible anywhere, since the dialog asks where; what nothing speaks of is tried. */
export type Makes = (mutation: string) => Possibility | undefined;

export function useMakes(tenant?: string): Makes {
  const { data, failure } = usePage(
    makesQuery,
    { tenant: tenant ?? '', isInOne: tenant !== undefined },
    { concerns: ['TENANT', 'API_TOKEN', 'COMPUTER', 'PERSON'], keep: true },
  );
  // The first that speaks of it gives the reason. Any tenant, computer and person stands for all of them that the viewer sees.
  const places = [
    data?.tenant?.may,
    data?.viewer?.tenant?.may,
    data?.viewer?.mayMake,
    data?.tenants?.nodes[0]?.may,
    data?.computers?.nodes[0]?.may,
    data?.people?.nodes[0]?.may,
  ];
  return (mutation) => {
    if (!data && !failure) return AWAITED;
    const told = places.flatMap((may) => possible(may, mutation) ?? []);
    return told.find(({ isAllowed }) => isAllowed) ?? told[0];
  };
}
