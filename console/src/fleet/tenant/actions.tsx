// What can be done with a tenant. What reaches its computers shows first what it would change.
import { Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Possibility } from '~/kit/action/Action.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { TenantSelect } from './TenantSelect.tsx';

/** A tenant as its actions need it: as it was when they were opened. */
export interface TenantSeen {
  uuid: string;
  name: string;
  revision: number;
  timeZone: string;
  isExcludedFromCrossTenant: boolean;
  parent: { uuid: string; name: string } | null;
  may: May;
}

export interface OfTenant {
  tenant: TenantSeen;
}

const createTenant = graphql(`
  mutation CreateTenant($input: CreateTenantInput!) {
    createTenant(input: $input) { tenant { uuid name } position userErrors { code message field } }
  }
`);

/** A new tenant; below another one where one is given. */
export function CreateTenant({ parent, may }: { parent?: TenantSeen; may: Possibility | undefined }) {
  return (
    <DialogAction label={parent ? 'Add a tenant below' : 'Add a tenant'} may={may}>
      {(dialog) => <CreateDialog {...dialog} parent={parent} />}
    </DialogAction>
  );
}

function CreateDialog({ parent, ...dialog }: Dialog & { parent: TenantSeen | undefined }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [parentId, setParentId] = useState(parent?.uuid);
  return (
    <ChangeDialog
      {...dialog}
      title={parent ? `Add a tenant below ${parent.name}` : 'Add a tenant'}
      label="Add it"
      document={createTenant}
      variables={(options) => ({ input: { name: name.trim(), parentId, options } })}
      isReady={name.trim() !== ''}
      done={({ payload: { tenant } }) => {
        if (!tenant) return;
        tell(`${tenant.name} was added`, 'Deployments for every tenant apply to it already.');
        void navigate({ to: '/tenants/$id', params: { id: tenant.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} data-autofocus />
          <TenantSelect label="Below" placeholder="At the top" value={parentId} onChange={setParentId} error={errorOf('parentId')} />
        </>
      )}
    </ChangeDialog>
  );
}

const renameTenant = graphql(`
  mutation RenameTenant($input: RenameTenantInput!) {
    renameTenant(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function RenameTenant({ tenant }: OfTenant) {
  return (
    <DialogAction label="Rename" may={possible(tenant.may, 'renameTenant')}>
      {(dialog) => <RenameDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function RenameDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const [name, setName] = useState(seen.name);
  const input = { id: seen.uuid, name: name.trim() };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Rename ${seen.name}`}
      verb="Rename"
      document={renameTenant}
      change={{ renameTenant: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={input.name !== '' && input.name !== seen.name}
      done={(_, confirmImpact) =>
        tell(
          `${seen.name} is called ${input.name} now`,
          <Undo document={renameTenant} variables={(commandId) => ({ input: { id: seen.uuid, name: seen.name, confirmImpact, options: { commandId } } })} />,
        )
      }
    >
      {(errorOf) => (
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} data-autofocus />
      )}
    </PreviewedDialog>
  );
}

const setTenantParent = graphql(`
  mutation SetTenantParent($input: SetTenantParentInput!) {
    setTenantParent(input: $input) { tenant { uuid parent { name } } position userErrors { code message field } }
  }
`);

export function MoveTenant({ tenant }: OfTenant) {
  return (
    <DialogAction label="Move" may={possible(tenant.may, 'setTenantParent')}>
      {(dialog) => <MoveDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function MoveDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const [parentId, setParentId] = useState(seen.parent?.uuid);
  const input = { id: seen.uuid, parentId };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Move ${seen.name} in the tree`}
      verb="Move"
      document={setTenantParent}
      change={{ setTenantParent: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={parentId !== seen.parent?.uuid}
      done={({ payload }, confirmImpact) =>
        tell(
          `${seen.name} is ${payload.tenant?.parent ? `below ${payload.tenant.parent.name}` : 'at the top'} now`,
          <Undo
            document={setTenantParent}
            variables={(commandId) => ({ input: { id: seen.uuid, parentId: seen.parent?.uuid, confirmImpact, options: { commandId } } })}
          />,
        )
      }
    >
      {(errorOf) => (
        <TenantSelect
          label="Below"
          description="With none it is at the top. Deployments for a tenant and those below it follow the tree."
          placeholder="At the top"
          value={parentId}
          onChange={setParentId}
          error={errorOf('parentId')}
        />
      )}
    </PreviewedDialog>
  );
}

const setTimeZone = graphql(`
  mutation SetTenantTimeZone($input: SetTenantTimeZoneInput!) {
    setTenantTimeZone(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

/** The browser's list has UTC under no name. */
const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

export function SetTimeZone({ tenant }: OfTenant) {
  return (
    <DialogAction label="Time zone" may={possible(tenant.may, 'setTenantTimeZone')}>
      {(dialog) => <TimeZoneDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function TimeZoneDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const [timeZone, setZone] = useState(seen.timeZone);
  const input = { id: seen.uuid, timeZone };
  const data = TIME_ZONES.includes(seen.timeZone) ? TIME_ZONES : [seen.timeZone, ...TIME_ZONES];
  return (
    <PreviewedDialog
      {...dialog}
      title={`Time zone of ${seen.name}`}
      verb="Change"
      document={setTimeZone}
      change={{ setTenantTimeZone: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={timeZone !== seen.timeZone}
      done={(_, confirmImpact) =>
        tell(
          `${seen.name} lives by ${timeZone} now`,
          <Undo
            document={setTimeZone}
            variables={(commandId) => ({ input: { id: seen.uuid, timeZone: seen.timeZone, confirmImpact, options: { commandId } } })}
          />,
        )
      }
    >
      {(errorOf) => (
        <Select
          label="Time zone"
          description="In it the days of agreements begin and end."
          searchable
          data={data}
          allowDeselect={false}
          value={timeZone}
          onChange={(zone) => zone && setZone(zone)}
          error={errorOf('timeZone')}
          limit={100}
          nothingFoundMessage="No zone is called so."
        />
      )}
    </PreviewedDialog>
  );
}

const setExclusion = graphql(`
  mutation SetTenantCrossTenantExclusion($input: SetTenantCrossTenantExclusionInput!) {
    setTenantCrossTenantExclusion(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function SetCrossTenantExclusion({ tenant }: OfTenant) {
  const label = tenant.isExcludedFromCrossTenant ? 'Apply cross-tenant rules' : 'Leave out of cross-tenant rules';
  return (
    <DialogAction label={label} may={possible(tenant.may, 'setTenantCrossTenantExclusion')}>
      {(dialog) => <ExclusionDialog {...dialog} tenant={tenant} />}
    </DialogAction>
  );
}

function ExclusionDialog({ tenant, ...dialog }: Dialog & OfTenant) {
  const [seen] = useState(tenant);
  const isExcluded = !seen.isExcludedFromCrossTenant;
  const input = { id: seen.uuid, isExcluded };
  return (
    <PreviewedDialog
      {...dialog}
      title={isExcluded ? `Leave ${seen.name} out of cross-tenant rules` : `Apply cross-tenant rules to ${seen.name}`}
      verb={isExcluded ? 'Leave it out' : 'Apply them'}
      isDangerous={isExcluded}
      document={setExclusion}
      change={{ setTenantCrossTenantExclusion: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={(_, confirmImpact) =>
        tell(
          isExcluded ? `${seen.name} is left out of cross-tenant rules` : `Cross-tenant rules apply to ${seen.name}`,
          <Undo
            document={setExclusion}
            variables={(commandId) => ({ input: { id: seen.uuid, isExcluded: !isExcluded, confirmImpact, options: { commandId } } })}
          />,
        )
      }
    >
      <p className="small">
        {isExcluded
          ? 'Deployments for every tenant will not apply to it and its computers.'
          : 'Deployments for every tenant will apply to it and its computers again.'}
      </p>
    </PreviewedDialog>
  );
}
