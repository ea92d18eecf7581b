// The end of a tenant, and its return.
import { useState } from 'react';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import type { OfTenant } from './actions.tsx';

const removeTenant = graphql(`
  mutation RemoveTenant($input: RemoveTenantInput!) {
    removeTenant(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function RemoveTenant({ tenant }: OfTenant) {
  return (
    <DialogAction label="Remove" may={possible(tenant.may, 'removeTenant')}>
      {(dialog) => <RemoveDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function RemoveDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const input = { id: seen.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Remove ${seen.name}`}
      verb="Remove"
      isDangerous
      document={removeTenant}
      change={{ removeTenant: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={(_, confirmImpact) =>
        tell(
          `${seen.name} was removed`,
          <Undo document={restoreTenant} variables={(commandId) => ({ input: { id: seen.uuid, confirmImpact, options: { commandId } } })} />,
        )
      }
    >
      <p className="small">Nothing applies to it and its computers then, nothing runs on them, and its tokens are worth nothing. It can be restored.</p>
    </PreviewedDialog>
  );
}

const restoreTenant = graphql(`
  mutation RestoreTenant($input: RestoreTenantInput!) {
    restoreTenant(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function RestoreTenant({ tenant }: OfTenant) {
  return (
    <DialogAction label="Restore" may={possible(tenant.may, 'restoreTenant')}>
      {(dialog) => <RestoreDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function RestoreDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const input = { id: seen.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Restore ${seen.name}`}
      verb="Restore"
      document={restoreTenant}
      change={{ restoreTenant: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={() => tell(`${seen.name} is there again`)}
    >
      <p className="small">Deployments apply to it and its computers again, and its tokens are worth something again.</p>
    </PreviewedDialog>
  );
}
