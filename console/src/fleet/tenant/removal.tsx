// The end of a tenant, and its return.
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedAction } from '~/rules/preview/PreviewedAction.tsx';
import type { OfTenant } from './actions.tsx';

const removeTenant = graphql(`
  mutation RemoveTenant($input: RemoveTenantInput!) {
    removeTenant(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function RemoveTenant({ tenant }: OfTenant) {
  return (
    <PreviewedAction
      of={tenant}
      label="Remove"
      mutation="removeTenant"
      document={removeTenant}
      words={({ name }) => ({
        title: `Remove ${name}`,
        means: 'Nothing applies to it and its computers then, nothing runs on them, and its tokens are worth nothing. It can be restored.',
        isDangerous: true,
      })}
      done={({ seen, confirmImpact }) => tell(`${seen.name} was removed`, <Undo document={restoreTenant} input={{ id: seen.uuid, confirmImpact }} />)}
    />
  );
}

const restoreTenant = graphql(`
  mutation RestoreTenant($input: RestoreTenantInput!) {
    restoreTenant(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function RestoreTenant({ tenant }: OfTenant) {
  return (
    <PreviewedAction
      of={tenant}
      label="Restore"
      mutation="restoreTenant"
      document={restoreTenant}
      words={({ name }) => ({
        title: `Restore ${name}`,
        means: 'Deployments apply to it and its computers again, and its tokens are worth something again.',
      })}
      done={({ seen }) => tell(`${seen.name} is there again`)}
    />
  );
}
