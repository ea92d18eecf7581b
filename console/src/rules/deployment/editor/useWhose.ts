// Whose secrets a deployment can tell: those of the one tenant whose computers it is for (domain/src/rules/deployment/told.rs).
import type { Whose } from '~/catalogue/secret/SecretSelect.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Draft, fitted } from './draft.ts';

const tenantQuery = graphql(`
  query TenantOfTarget($computer: ID!, $isComputer: Boolean!, $person: ID!, $isPerson: Boolean!, $asOf: AsOfInput) {
    computer(id: $computer, asOf: $asOf) @include(if: $isComputer) { tenant { uuid } }
    person(id: $person, asOf: $asOf) @include(if: $isPerson) { tenant { uuid } }
  }
`);

export function useWhose(draft: Draft): Whose {
  const { scope, tenant, includesChildren, computer, person } = fitted(draft);
  const isComputer = scope === 'computer' && computer !== undefined;
  const isPerson = scope === 'person' && person !== undefined;
  const variables = { computer: computer?.id ?? '', isComputer, person: person?.id ?? '', isPerson };
  const { data } = usePage(tenantQuery, variables, { concerns: ['COMPUTER', 'PERSON'], pause: !isComputer && !isPerson });
  const one = isComputer
    ? data?.computer?.tenant?.uuid
    : isPerson
      ? data?.person?.tenant?.uuid
      : scope === 'tenant' && !includesChildren
        ? tenant?.id
        : undefined;
  return one ? { tenantId: one } : 'several';
}
