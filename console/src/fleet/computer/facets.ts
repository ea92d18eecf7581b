// How many computers each choice of a filter would leave: counted with all the other filters, but not with its own.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import type { ComputersFilter } from './matching.ts';

export const facetsQuery = graphql(`
  query ComputerFacets($filter: ComputerFilter, $asOf: AsOfInput) {
    computerFacets(filter: $filter, asOf: $asOf) {
      totalCount onlineCount onboardingCount excludedCount
      tenants { tenant { uuid } count }
      computerClasses { computerClass count }
      osFamilies { osFamily count }
      tags { tag count }
    }
  }
`);

export type Facets = NonNullable<ResultOf<typeof facetsQuery>['computerFacets']>;

export type Facet = 'tenant' | 'kind' | 'online' | 'system' | 'onboarding' | 'excluded' | 'tag';

const MEMBERS: Readonly<Record<Facet, keyof ComputersFilter>> = {
  tenant: 'tenantId',
  kind: 'computerClass',
  online: 'isOnline',
  system: 'osFamily',
  onboarding: 'onboarding',
  excluded: 'isExcludedFromMaintenance',
  tag: 'tag',
};

/** More tenants and tags the API does not count. */
const MOST = 50;

/** The filter without what a facet of it chooses. */
export function without(filter: ComputersFilter, facet: Facet): ComputersFilter {
  return { ...filter, [MEMBERS[facet]]: undefined };
}

/** How many a choice leaves; nothing where that was not counted. */
export function countOf(facets: Facets, facet: Facet, choice: string): number | undefined {
  const { totalCount, onlineCount, onboardingCount, excludedCount, tenants, computerClasses, osFamilies, tags } = facets;
  const listed = <C extends { count: number }>(counts: readonly C[], isIt: (count: C) => boolean) =>
    counts.find(isIt)?.count ?? (counts.length < MOST ? 0 : undefined);
  switch (facet) {
    case 'tenant':
      return listed(tenants, ({ tenant }) => tenant?.uuid === choice);
    case 'kind':
      return listed(computerClasses, ({ computerClass }) => computerClass === choice);
    case 'online':
      return choice === 'yes' ? onlineCount : totalCount - onlineCount;
    case 'system':
      return listed(osFamilies, ({ osFamily }) => osFamily === choice);
    case 'onboarding':
      return choice === 'NEEDS_ONBOARDING' ? onboardingCount : totalCount - onboardingCount;
    case 'excluded':
      return choice === 'yes' ? excludedCount : totalCount - excludedCount;
    case 'tag':
      return listed(tags, ({ tag }) => tag.toLowerCase() === choice.toLowerCase());
  }
}
