// All tenants that the viewer may see, for the tree and the graph.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useAll } from '~/kit/table/useAll.ts';

/** More are not shown as a tree; the page says so. */
export const MOST = 5_000;

const tenantsQuery = graphql(`
  query Tenants($filter: TenantFilter, $first: Int, $after: String, $asOf: AsOfInput) {
    tenants(filter: $filter, orderBy: { field: NAME }, first: $first, after: $after, asOf: $asOf) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { uuid name tags timeZone isRemoved isExcludedFromCrossTenant parent { uuid } computers(first: 1) { totalCount } }
    }
  }
`);

export type TenantOfTree = NonNullable<ResultOf<typeof tenantsQuery>['tenants']>['nodes'][number];

export function useTenants(includeRemoved: boolean) {
  return useAll(tenantsQuery, { filter: { includeRemoved } }, ({ tenants }) => tenants, { limit: MOST, concerns: ['TENANT', 'COMPUTER'] });
}
