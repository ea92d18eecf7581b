// What the compiler made of the schema is what a program would write by hand: optional members are left out, scalars are plain.
import { commitMutation, type IEnvironment } from 'relay-runtime';
import type { tenantsRenameMutation } from '../generated/relay/tenantsRenameMutation.graphql';
import { rename } from './tenants';

export function renameTenant(environment: IEnvironment, id: string, name: string, told: (at: string) => void) {
  commitMutation<tenantsRenameMutation>(environment, {
    mutation: rename,
    variables: { input: { id, name } },
    onCompleted({ renameTenant: payload }) {
      if (payload?.tenant) told(payload.tenant.changed.at);
      // @ts-expect-error: the tenant is not there where userErrors says why.
      told(payload.tenant.changed.at);
    },
  });
}

// @ts-expect-error: a tenant has a new name, or it is no renaming.
export const nameless: tenantsRenameMutation['variables'] = { input: { id: 'x' } };
