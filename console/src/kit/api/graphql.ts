// Documents get their types from `schema.graphql`: one that the schema does not have fails the build (`gql.tada check`).
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: false;
  scalars: {
    ByteCount: string | number;
    DateTime: string;
    JSON: unknown;
    Long: string | number;
    Date: string;
    Position: string;
    UUID: string;
  };
}>();

export type { FragmentOf, ResultOf, TadaDocumentNode, VariablesOf } from 'gql.tada';
export { readFragment } from 'gql.tada';
