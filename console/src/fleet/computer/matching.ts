// The computers that the filters of the list leave, and all of them at once: for a file, and for what is done to many.
import { graphql, type VariablesOf } from '~/kit/api/graphql.ts';
import { truth } from '~/kit/url/search.ts';
import type { ComputersSearch } from './search.ts';

export const matchingComputersQuery = graphql(`
  query MatchingComputers($filter: ComputerFilter, $first: Int, $after: String, $asOf: AsOfInput) {
    computers(filter: $filter, first: $first, after: $after, asOf: $asOf) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { uuid name }
    }
  }
`);

export type ComputersFilter = NonNullable<VariablesOf<typeof matchingComputersQuery>['filter']>;

export function filterOf(search: ComputersSearch): ComputersFilter {
  return {
    text: search.text,
    tenantId: search.tenant,
    computerClass: search.kind,
    osFamily: search.system,
    isOnline: truth(search.online),
    onboarding: search.onboarding,
    personId: search.person,
    isExcludedFromMaintenance: truth(search.excluded),
    tag: search.tag,
    includeRemoved: truth(search.removed),
  };
}

/** Whether anything but the removed ones is chosen by a filter. */
export function isFiltered(filter: ComputersFilter): boolean {
  return Object.entries(filter).some(([member, value]) => member !== 'includeRemoved' && value !== undefined);
}
