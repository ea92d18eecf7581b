// What can be done with API tokens. The secret of a new one is told once: it is kept here until it was put away.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { CopyField } from '~/kit/copy/CopyField.tsx';
import { ROLES, type Role, roleOf } from './roles.ts';

const createToken = graphql(`
  mutation CreateApiToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) { apiToken { uuid name } secret position userErrors { code message field } }
  }
`);

export function CreateToken() {
  const makes = useMakes();
  return (
    <DialogAction label="Create a token" may={makes('createApiToken')}>
      {(dialog) => <CreateDialog {...dialog} />}
    </DialogAction>
  );
}

function CreateDialog(dialog: Dialog) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('MSP_TECHNICIAN');
  const [tenantId, setTenantId] = useState<string>();
  const [expires, setExpires] = useState('');
  const [secret, setSecret] = useState<string>();
  const chosen = roleOf(role);
  const expiresAt = expires ? new Date(expires) : undefined;
  return (
    <>
      <ChangeDialog
        {...dialog}
        title="Create an API token"
        label="Create"
        document={createToken}
        variables={(options) => ({
          input: { name: name.trim(), role, tenantId: chosen?.isOfTenant ? tenantId : undefined, expiresAt: expiresAt?.toISOString(), options },
        })}
        isReady={name.trim() !== '' && (!chosen?.isOfTenant || tenantId !== undefined)}
        done={({ payload }) => {
          if (payload.secret) setSecret(payload.secret);
          else tell(`${name.trim()} was created before`, 'Its secret was told then and is not told again: revoke it and create another one.');
        }}
      >
        {(errorOf) => (
          <>
            <TextInput
              label="Name"
              description="Whose it is, or what it is for."
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={errorOf('name')}
              data-autofocus
            />
            <Select
              label="Role"
              description={chosen?.about}
              data={ROLES.map(({ value, label }) => ({ value, label }))}
              allowDeselect={false}
              value={role}
              onChange={(value) => value && setRole(value)}
              error={errorOf('role')}
            />
            {chosen?.isOfTenant && (
              <TenantSelect label="Tenant" required value={tenantId} onChange={setTenantId} error={errorOf('tenantId')} isClearable={false} />
            )}
            <TextInput
              type="datetime-local"
              label="Expires"
              description="In your time zone; never if empty. It also ends with the token that created it."
              value={expires}
              onChange={(event) => setExpires(event.currentTarget.value)}
              error={errorOf('expiresAt')}
            />
          </>
        )}
      </ChangeDialog>
      <Secret name={name.trim()} secret={secret} close={() => setSecret(undefined)} />
    </>
  );
}

/** It closes by its button alone: whoever clicks beside it would lose the secret. */
function Secret({ name, secret, close }: { name: string; secret: string | undefined; close: () => void }) {
  return (
    <Modal
      opened={secret !== undefined}
      onClose={close}
      title={`The secret of ${name}`}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className="stack">
        <p>It is shown only now, and kept nowhere. Put it where it belongs before you close this.</p>
        <CopyField label="Secret" value={secret ?? ''} />
        <Button onClick={close} variant="filled">
          I have put it away
        </Button>
      </div>
    </Modal>
  );
}

export interface TokenSeen extends Thing {
  name: string;
}

const revokeToken = graphql(`
  mutation RevokeApiToken($input: RevokeApiTokenInput!) {
    revokeApiToken(input: $input) { apiToken { uuid } position userErrors { code message field } }
  }
`);

export function RevokeToken({ token }: { token: TokenSeen }) {
  return (
    <ThingAction
      of={token}
      label="Revoke"
      isInRow
      mutation="revokeApiToken"
      document={revokeToken}
      words={({ name }) => ({
        title: `Revoke ${name}`,
        means: 'Whoever shows it is refused from now on, and so are the tokens that it created. This cannot be undone.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} is worth nothing any more`)}
    />
  );
}
