// What may be left out is left out; of what wants exactly one of several there is one.
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { graphql } from '../generated/codegen';

export const rename = graphql(`
  mutation Rename($input: RenameTenantInput!) {
    renameTenant(input: $input) {
      tenant { id name revision changed { at position } }
      userErrors { code message field }
    }
  }
`);

export const short: VariablesOf<typeof rename> = { input: { id: 'x', name: 'y' } };
export const nulls: VariablesOf<typeof rename> = { input: { id: 'x', name: 'y', confirmImpact: null, options: { reason: null } } };
// @ts-expect-error: the name is not optional.
export const nameless: VariablesOf<typeof rename> = { input: { id: 'x' } };

export function changedAt({ renameTenant }: ResultOf<typeof rename>): string | undefined {
  // @ts-expect-error: a position is text, since it outgrows the numbers that JavaScript holds exactly.
  const position: number | undefined = renameTenant?.tenant?.changed.position;
  return renameTenant?.tenant?.changed.at;
}

export const created = graphql(`
  mutation Create($name: String!, $parent: ID) {
    createTenant(input: { name: $name, parentId: $parent }) { tenant { id } userErrors { code } }
  }
`);
export const top: VariablesOf<typeof created> = { name: 'x' };

export const past = graphql(`
  query Past($asOf: AsOfInput!) {
    tenants(asOf: $asOf) { nodes { id name } }
  }
`);
type AsOf = VariablesOf<typeof past>['asOf'];
export const atTime: AsOf = { time: '2026-01-01T00:00:00Z' };
export const atPosition: AsOf = { position: '1' };
// @ts-expect-error: not both.
export const atBoth: AsOf = { time: '2026-01-01T00:00:00Z', position: '1' };
// @ts-expect-error: not neither.
export const atNone: AsOf = {};

export const events = graphql(`
  subscription Events($after: Position) {
    events(after: $after) { type data }
  }
`);

export function nameIn({ events: event }: ResultOf<typeof events>): string {
  // @ts-expect-error: what happened is for each type something else.
  const name: string = event.data.name;
  return name;
}
