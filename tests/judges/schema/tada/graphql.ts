// Documents that have their types from the schema, with what each scalar is.
import { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../generated/tada/introspection';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { ByteCount: number; Date: string; DateTime: string; JSON: unknown; Long: number; Position: string; SecretText: string; UUID: string };
}>();
