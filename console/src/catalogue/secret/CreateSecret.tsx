// A new secret: from the list, on the page of its tenant, or where a deployment needs one.
import type { ButtonProps } from '@mantine/core';
import { useRef, useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { usePage } from '~/kit/live/usePage.ts';
import { createSecret } from './mutations.ts';
import { SecretInput, type Written } from './SecretInput.tsx';

/** What was made. */
export interface Made {
  id: string;
  name: string;
}

interface Props {
  /** The tenant whose it is to be, where that is known already. */
  tenantId?: string | undefined;
  /** Whether it has to be the installation's. */
  isForEverybody?: boolean;
  label?: string;
  size?: ButtonProps['size'];
  done?: (made: Made) => void;
}

export function CreateSecret({ label = 'Add a secret', size, done, ...whose }: Props) {
  const makes = useMakes(whose.tenantId);
  return (
    <DialogAction label={label} {...(size ? { size } : {})} may={makes('createSecret')}>
      {(dialog) => <CreateDialog {...dialog} {...whose} done={done} />}
    </DialogAction>
  );
}

const viewerQuery = graphql('query TenantOfViewer { viewer { tenant { uuid } } }');

function CreateDialog({ tenantId: given, isForEverybody = false, done, ...dialog }: Dialog & Omit<Props, 'label' | 'size'>) {
  const [name, setName] = useState('');
  const [chosen, choose] = useState(given);
  const [isFilled, fill] = useState(false);
  const field = useRef<Written>(null);
  // Whoever works for one tenant makes its secrets alone.
  const { data } = usePage(viewerQuery, {}, { concerns: ['API_TOKEN'] });
  const tenantId = isForEverybody ? undefined : (chosen ?? data?.viewer?.tenant?.uuid);
  return (
    <ChangeDialog
      {...dialog}
      title="Add a secret"
      label="Add it"
      document={createSecret}
      variables={(options) => ({ input: { name: name.trim(), tenantId, value: field.current?.value ?? '', options } })}
      isReady={name.trim() !== '' && isFilled}
      done={({ payload: { secret } }) => {
        if (!secret) return;
        tell(`${secret.name} is kept`, 'Deployments tell it to parameters of the kind secret.');
        done?.(secret);
      }}
    >
      {(errorOf) => (
        <>
          <NameInput
            description="Whoever manages secrets reads it: what it is for, and nothing of what it is."
            value={name}
            onChange={setName}
            error={errorOf('name')}
            autoComplete="off"
            data-autofocus
          />
          {isForEverybody ? (
            <p className="small">It is the installation's: it can be told for the computers of every tenant.</p>
          ) : (
            <TenantSelect
              label="Whose it is"
              description="A tenant's can be told for the computers of that tenant alone. Without a tenant it is the installation's, for all of them."
              placeholder="The installation's"
              value={tenantId}
              onChange={choose}
              error={errorOf('tenantId')}
            />
          )}
          <SecretInput label="Secret" field={field} fill={fill} error={errorOf('value')} />
        </>
      )}
    </ChangeDialog>
  );
}
