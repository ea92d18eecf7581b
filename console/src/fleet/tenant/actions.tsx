// What can be done with a tenant. What reaches its computers shows first what it would change.
import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Possibility } from '~/kit/action/Action.tsx';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { PreviewedAction } from '~/rules/preview/PreviewedAction.tsx';
import { TenantSelect } from './TenantSelect.tsx';

/** A tenant as its actions need it: as it was when they were opened. */
export interface TenantSeen extends Thing {
  name: string;
  timeZone: string;
  isExcludedFromCrossTenant: boolean;
  parent: { uuid: string; name: string } | null;
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
          <NameInput value={name} onChange={setName} error={errorOf('name')} data-autofocus />
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
    <PreviewedAction
      of={tenant}
      label="Rename"
      mutation="renameTenant"
      document={renameTenant}
      begin={({ name }) => name}
      words={({ name }) => ({ title: `Rename ${name}` })}
      input={otherName}
      done={({ seen, fields, confirmImpact }) =>
        tell(`${seen.name} is called ${fields.trim()} now`, <Undo document={renameTenant} input={{ id: seen.uuid, name: seen.name, confirmImpact }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </PreviewedAction>
  );
}

const setTenantParent = graphql(`
  mutation SetTenantParent($input: SetTenantParentInput!) {
    setTenantParent(input: $input) { tenant { uuid parent { name } } position userErrors { code message field } }
  }
`);

export function MoveTenant({ tenant }: OfTenant) {
  return (
    <PreviewedAction
      of={tenant}
      label="Move"
      mutation="setTenantParent"
      document={setTenantParent}
      begin={({ parent }) => parent?.uuid}
      words={({ name }) => ({ title: `Move ${name} in the tree` })}
      input={(parentId, { parent }) => (parentId === parent?.uuid ? undefined : { parentId })}
      done={({ seen, payload, confirmImpact }) =>
        tell(
          `${seen.name} is ${payload.tenant?.parent ? `below ${payload.tenant.parent.name}` : 'at the top'} now`,
          <Undo document={setTenantParent} input={{ id: seen.uuid, parentId: seen.parent?.uuid, confirmImpact }} />,
        )
      }
    >
      {(parentId, change, errorOf) => (
        <TenantSelect
          label="Below"
          description="With none it is at the top. Deployments for a tenant and those below it follow the tree."
          placeholder="At the top"
          value={parentId}
          onChange={change}
          error={errorOf('parentId')}
        />
      )}
    </PreviewedAction>
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
  const data = TIME_ZONES.includes(tenant.timeZone) ? TIME_ZONES : [tenant.timeZone, ...TIME_ZONES];
  return (
    <PreviewedAction
      of={tenant}
      label="Time zone"
      mutation="setTenantTimeZone"
      document={setTimeZone}
      begin={({ timeZone }) => timeZone}
      words={({ name }) => ({ title: `Time zone of ${name}`, verb: 'Change' })}
      input={(timeZone, seen) => (timeZone === seen.timeZone ? undefined : { timeZone })}
      done={({ seen, fields, confirmImpact }) =>
        tell(`${seen.name} lives by ${fields} now`, <Undo document={setTimeZone} input={{ id: seen.uuid, timeZone: seen.timeZone, confirmImpact }} />)
      }
    >
      {(timeZone, change, errorOf) => (
        <Select
          label="Time zone"
          description="In it the days of agreements begin and end."
          searchable
          data={data}
          allowDeselect={false}
          value={timeZone}
          onChange={(zone) => zone && change(zone)}
          error={errorOf('timeZone')}
          limit={100}
          nothingFoundMessage="No zone is called so."
        />
      )}
    </PreviewedAction>
  );
}

const setExclusion = graphql(`
  mutation SetTenantCrossTenantExclusion($input: SetTenantCrossTenantExclusionInput!) {
    setTenantCrossTenantExclusion(input: $input) { tenant { uuid } position userErrors { code message field } }
  }
`);

export function SetCrossTenantExclusion({ tenant }: OfTenant) {
  return (
    <PreviewedAction
      of={tenant}
      label={tenant.isExcludedFromCrossTenant ? 'Apply cross-tenant rules' : 'Leave out of cross-tenant rules'}
      mutation="setTenantCrossTenantExclusion"
      document={setExclusion}
      words={({ name, isExcludedFromCrossTenant }) =>
        isExcludedFromCrossTenant
          ? {
              title: `Apply cross-tenant rules to ${name}`,
              verb: 'Apply them',
              means: 'Deployments for every tenant will apply to it and its computers again.',
            }
          : {
              title: `Leave ${name} out of cross-tenant rules`,
              verb: 'Leave it out',
              means: 'Deployments for every tenant will not apply to it and its computers.',
              isDangerous: true,
            }
      }
      input={(_, seen) => ({ isExcluded: !seen.isExcludedFromCrossTenant })}
      done={({ seen, confirmImpact }) =>
        tell(
          seen.isExcludedFromCrossTenant ? `Cross-tenant rules apply to ${seen.name}` : `${seen.name} is left out of cross-tenant rules`,
          <Undo document={setExclusion} input={{ id: seen.uuid, isExcluded: seen.isExcludedFromCrossTenant, confirmImpact }} />,
        )
      }
    />
  );
}
