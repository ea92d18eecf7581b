// What the secrets are called that values name by their ids, as far as the viewer may see them.
import { useMemo } from 'react';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import type { SecretNames, Value } from '../task/parameter/value.ts';

const namesQuery = graphql('query NamesOfSecrets($ids: [ID!]!) { nodes(ids: $ids) { ... on Secret { id name } } }');

/** As many as are asked about at once; the others are told without their names. */
const MOST = 100;

/** Of the secrets among these values; none where there is none, and until they are read. */
export function useSecretNames(values: readonly Value[]): SecretNames {
  const ids = secretsAmong(values);
  const { data } = usePage(namesQuery, { ids }, { concerns: ['SECRET'], keep: true, pause: ids.length === 0 });
  return useMemo(() => new Map((data?.nodes ?? []).flatMap((node) => (node && 'name' in node ? [[node.id, node.name] as const] : []))), [data]);
}

export function secretsAmong(values: readonly Value[]): string[] {
  const ids = values.flatMap((value) => ('secretId' in value ? [value.secretId] : []));
  return [...new Set(ids)].sort().slice(0, MOST);
}
