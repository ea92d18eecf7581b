// What can be done with a person. What reaches computers shows first what it would change.
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { PreviewedAction } from '~/rules/preview/PreviewedAction.tsx';

/** A person as the actions need it: as it was when they were opened. */
export interface PersonSeen extends Thing {
  name: string;
  upn: string | null;
  tenant: { uuid: string; name: string } | null;
}

interface OfPerson {
  person: PersonSeen;
}

const addPerson = graphql(`
  mutation AddPerson($input: AddPersonInput!) {
    addPerson(input: $input) { person { uuid name } position userErrors { code message field } }
  }
`);

export function AddPerson({ tenantId }: { tenantId: string | undefined }) {
  const makes = useMakes(tenantId);
  return (
    <DialogAction label="Add a person" may={makes('addPerson')}>
      {(dialog) => <AddDialog {...dialog} tenantId={tenantId} />}
    </DialogAction>
  );
}

function AddDialog({ tenantId: ofList, ...dialog }: Dialog & { tenantId: string | undefined }) {
  const navigate = useNavigate();
  const [tenantId, setTenantId] = useState(ofList);
  const [name, setName] = useState('');
  const [upn, setUpn] = useState('');
  return (
    <ChangeDialog
      {...dialog}
      title="Add a person"
      label="Add"
      document={addPerson}
      variables={(options) => ({ input: { tenantId: tenantId ?? '', name: name.trim(), upn: upn.trim() || undefined, options } })}
      isReady={tenantId !== undefined && name.trim() !== ''}
      done={({ payload: { person } }) => {
        if (!person) return;
        tell(`${person.name} was added`, 'Say on a computer whose primary person it is.');
        void navigate({ to: '/people/$id', params: { id: person.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <TenantSelect label="Tenant" required value={tenantId} onChange={setTenantId} error={errorOf('tenantId')} isClearable={false} />
          <NameInput value={name} onChange={setName} error={errorOf('name')} />
          <TextInput
            label="User principal name"
            description="If there is one; nobody else of the tenant may have it."
            value={upn}
            onChange={(event) => setUpn(event.currentTarget.value)}
            error={errorOf('upn')}
          />
        </>
      )}
    </ChangeDialog>
  );
}

const renamePerson = graphql(`
  mutation RenamePerson($input: RenamePersonInput!) {
    renamePerson(input: $input) { person { uuid } position userErrors { code message field } }
  }
`);

export function RenamePerson({ person }: OfPerson) {
  return (
    <PreviewedAction
      of={person}
      label="Rename"
      mutation="renamePerson"
      document={renamePerson}
      begin={({ name }) => name}
      words={({ name }) => ({ title: `Rename ${name}` })}
      input={otherName}
      done={({ seen, fields, confirmImpact }) =>
        tell(`${seen.name} is called ${fields.trim()} now`, <Undo document={renamePerson} input={{ id: seen.uuid, name: seen.name, confirmImpact }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </PreviewedAction>
  );
}

const setUpn = graphql(`
  mutation SetPersonUpn($input: SetPersonUpnInput!) {
    setPersonUpn(input: $input) { person { uuid } position userErrors { code message field } }
  }
`);

export function SetUpn({ person }: OfPerson) {
  return (
    <PreviewedAction
      of={person}
      label="User principal name"
      mutation="setPersonUpn"
      document={setUpn}
      begin={({ upn }) => upn ?? ''}
      words={({ name }, upn) => ({ title: `User principal name of ${name}`, verb: upn.trim() ? 'Change' : 'Take it away' })}
      input={(text, seen) => {
        const upn = text.trim() || undefined;
        return (upn ?? null) === seen.upn ? undefined : { upn };
      }}
      done={({ seen, fields, confirmImpact }) =>
        tell(
          fields.trim() ? `${seen.name} is ${fields.trim()} now` : `${seen.name} has no user principal name now`,
          <Undo document={setUpn} input={{ id: seen.uuid, upn: seen.upn ?? undefined, confirmImpact }} />,
        )
      }
    >
      {(upn, change, errorOf) => (
        <TextInput
          label="User principal name"
          description="Empty takes it away."
          value={upn}
          onChange={(event) => change(event.currentTarget.value)}
          error={errorOf('upn')}
          data-autofocus
        />
      )}
    </PreviewedAction>
  );
}

const movePerson = graphql(`
  mutation MovePerson($input: MovePersonInput!) {
    movePerson(input: $input) { person { uuid tenant { name } } position userErrors { code message field } }
  }
`);

export function MovePerson({ person }: OfPerson) {
  return (
    <PreviewedAction
      of={person}
      label="Move"
      mutation="movePerson"
      document={movePerson}
      begin={(): string | undefined => undefined}
      words={({ name }) => ({ title: `Move ${name} to another tenant` })}
      input={(tenantId, { tenant }) => (tenantId && tenantId !== tenant?.uuid ? { tenantId } : undefined)}
      done={({ seen, payload }) => tell(`${seen.name} works for ${payload.person?.tenant?.name ?? 'another tenant'} now`)}
    >
      {(tenantId, change, errorOf) => (
        <TenantSelect
          label="Tenant"
          description={`Now ${person.tenant?.name ?? 'out of your sight'}. Its groups and computers do not come along.`}
          value={tenantId}
          onChange={change}
          error={errorOf('tenantId')}
        />
      )}
    </PreviewedAction>
  );
}

const removePerson = graphql(`
  mutation RemovePerson($input: RemovePersonInput!) {
    removePerson(input: $input) { person { uuid } position userErrors { code message field } }
  }
`);

export function RemovePerson({ person }: OfPerson) {
  return (
    <PreviewedAction
      of={person}
      label="Remove"
      mutation="removePerson"
      document={removePerson}
      words={({ name }) => ({
        title: `Remove ${name}`,
        means: 'Whoever left is in no group, and deployments for the person reach nothing. This cannot be undone; the person can be added anew.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} was removed`)}
    />
  );
}
