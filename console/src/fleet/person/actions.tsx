// What can be done with a person. What reaches computers shows first what it would change.
import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';

/** A person as the actions need it: as it was when they were opened. */
export interface PersonSeen {
  uuid: string;
  name: string;
  upn: string | null;
  revision: number;
  tenant: { uuid: string; name: string } | null;
  may: May;
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
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} />
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
    <DialogAction label="Rename" may={possible(person.may, 'renamePerson')}>
      {(dialog) => <RenameDialog {...dialog} person={person} />}
    </DialogAction>
  );
}

function RenameDialog({ person, ...dialog }: Dialog & OfPerson) {
  const [seen] = useState(person);
  const [name, setName] = useState(seen.name);
  const input = { id: seen.uuid, name: name.trim() };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Rename ${seen.name}`}
      verb="Rename"
      document={renamePerson}
      change={{ renamePerson: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={input.name !== '' && input.name !== seen.name}
      done={(_, confirmImpact) =>
        tell(
          `${seen.name} is called ${input.name} now`,
          <Undo document={renamePerson} variables={(commandId) => ({ input: { id: seen.uuid, name: seen.name, confirmImpact, options: { commandId } } })} />,
        )
      }
    >
      {(errorOf) => (
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} data-autofocus />
      )}
    </PreviewedDialog>
  );
}

const setUpn = graphql(`
  mutation SetPersonUpn($input: SetPersonUpnInput!) {
    setPersonUpn(input: $input) { person { uuid } position userErrors { code message field } }
  }
`);

export function SetUpn({ person }: OfPerson) {
  return (
    <DialogAction label="User principal name" may={possible(person.may, 'setPersonUpn')}>
      {(dialog) => <UpnDialog {...dialog} person={person} />}
    </DialogAction>
  );
}

function UpnDialog({ person, ...dialog }: Dialog & OfPerson) {
  const [seen] = useState(person);
  const [upn, setText] = useState(seen.upn ?? '');
  const input = { id: seen.uuid, upn: upn.trim() || undefined };
  return (
    <PreviewedDialog
      {...dialog}
      title={`User principal name of ${seen.name}`}
      verb={input.upn ? 'Change' : 'Take it away'}
      document={setUpn}
      change={{ setPersonUpn: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={(input.upn ?? null) !== seen.upn}
      done={(_, confirmImpact) =>
        tell(
          input.upn ? `${seen.name} is ${input.upn} now` : `${seen.name} has no user principal name now`,
          <Undo
            document={setUpn}
            variables={(commandId) => ({ input: { id: seen.uuid, upn: seen.upn ?? undefined, confirmImpact, options: { commandId } } })}
          />,
        )
      }
    >
      {(errorOf) => (
        <TextInput
          label="User principal name"
          description="Empty takes it away."
          value={upn}
          onChange={(event) => setText(event.currentTarget.value)}
          error={errorOf('upn')}
          data-autofocus
        />
      )}
    </PreviewedDialog>
  );
}

const movePerson = graphql(`
  mutation MovePerson($input: MovePersonInput!) {
    movePerson(input: $input) { person { uuid tenant { name } } position userErrors { code message field } }
  }
`);

export function MovePerson({ person }: OfPerson) {
  return (
    <DialogAction label="Move" may={possible(person.may, 'movePerson')}>
      {(dialog) => <MoveDialog {...dialog} person={person} />}
    </DialogAction>
  );
}

function MoveDialog({ person, ...dialog }: Dialog & OfPerson) {
  const [seen] = useState(person);
  const [tenantId, setTenantId] = useState<string>();
  const input = { id: seen.uuid, tenantId: tenantId ?? '' };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Move ${seen.name} to another tenant`}
      verb="Move"
      document={movePerson}
      change={{ movePerson: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={tenantId !== undefined && tenantId !== seen.tenant?.uuid}
      done={({ payload }) => tell(`${seen.name} works for ${payload.person?.tenant?.name ?? 'another tenant'} now`)}
    >
      {(errorOf) => (
        <TenantSelect
          label="Tenant"
          description={`Now ${seen.tenant?.name ?? 'out of your sight'}. Its groups and computers do not come along.`}
          value={tenantId}
          onChange={setTenantId}
          error={errorOf('tenantId')}
        />
      )}
    </PreviewedDialog>
  );
}

const removePerson = graphql(`
  mutation RemovePerson($input: RemovePersonInput!) {
    removePerson(input: $input) { person { uuid } position userErrors { code message field } }
  }
`);

export function RemovePerson({ person }: OfPerson) {
  return (
    <DialogAction label="Remove" may={possible(person.may, 'removePerson')}>
      {(dialog) => <RemoveDialog {...dialog} person={person} />}
    </DialogAction>
  );
}

function RemoveDialog({ person, ...dialog }: Dialog & OfPerson) {
  const [seen] = useState(person);
  const input = { id: seen.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Remove ${seen.name}`}
      verb="Remove"
      isDangerous
      document={removePerson}
      change={{ removePerson: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={() => tell(`${seen.name} was removed`)}
    >
      <p className="small">Whoever left is in no group, and deployments for the person reach nothing. This cannot be undone; the person can be added anew.</p>
    </PreviewedDialog>
  );
}
