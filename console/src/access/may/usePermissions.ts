// What the viewer's role may at all, for what is not shown to whoever may not: what can be done with a thing the thing says itself.
import { useMemo } from 'react';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';

const permissionsQuery = graphql('query Permissions { viewer { may { permission } } }');

export type Permission = NonNullable<ResultOf<typeof permissionsQuery>['viewer']>['may'][number]['permission'];

/** Nothing until it is known. */
export function usePermissions(): ReadonlySet<Permission> {
  const { data } = usePage(permissionsQuery, {}, { concerns: ['API_TOKEN'] });
  return useMemo(() => new Set(data?.viewer?.may.map(({ permission }) => permission)), [data]);
}
