// The roles in words; what each may is in docs/roles.md, and is not repeated here.
import type { ResultOf } from '~/kit/api/graphql.ts';
import { graphql } from '~/kit/api/graphql.ts';

const roleQuery = graphql('query RoleOfViewer { viewer { role } }');

export type Role = NonNullable<ResultOf<typeof roleQuery>['viewer']>['role'];

export const ROLES: readonly { value: Role; label: string; isOfTenant: boolean; about: string }[] = [
  { value: 'MSP_ADMIN', label: 'MSP admin', isOfTenant: false, about: 'Works for the MSP and may do everything.' },
  {
    value: 'MSP_TECHNICIAN',
    label: 'MSP technician',
    isOfTenant: false,
    about: 'Works for the MSP; may not manage tenants, tokens and deployments for every tenant.',
  },
  { value: 'TENANT_ADMIN', label: 'Tenant admin', isOfTenant: true, about: 'Manages one tenant.' },
  { value: 'TENANT_MEMBER', label: 'Tenant member', isOfTenant: true, about: 'Belongs to one tenant; sees its computers and runs sessions on them.' },
];

export function roleOf(role: Role) {
  return ROLES.find(({ value }) => value === role);
}
