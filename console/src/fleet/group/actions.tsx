// What can be done with a group.
import { SegmentedControl, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog, type ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { PreviewedAction } from '~/rules/preview/PreviewedAction.tsx';
import { KIND_WORDS, KINDS, type Kind } from './search.ts';
import { ComputerSelect, GroupSelect } from './selects.tsx';

/** A group as its actions need it: as it was when they were opened. */
export interface GroupSeen extends Thing {
  name: string;
  kind: Kind;
  tenant: { uuid: string; name: string } | null;
}

interface OfGroup {
  group: GroupSeen;
}

const createGroup = graphql(`
  mutation CreateGroup($input: CreateGroupInput!) {
    createGroup(input: $input) { group { uuid name } position userErrors { code message field } }
  }
`);

export function CreateGroup({ tenantId }: { tenantId: string | undefined }) {
  const makes = useMakes(tenantId);
  return (
    <DialogAction label="Add a group" may={makes('createGroup')}>
      {(dialog) => <CreateDialog {...dialog} tenantId={tenantId} />}
    </DialogAction>
  );
}

function CreateDialog({ tenantId: ofList, ...dialog }: Dialog & { tenantId: string | undefined }) {
  const navigate = useNavigate();
  const [tenantId, setTenantId] = useState(ofList);
  const [kind, setKind] = useState<Kind>('DIRECTORY');
  const [name, setName] = useState('');
  return (
    <ChangeDialog
      {...dialog}
      title="Add a group"
      label="Add"
      document={createGroup}
      variables={(options) => ({ input: { tenantId: tenantId ?? '', kind, name: name.trim(), options } })}
      isReady={tenantId !== undefined && name.trim() !== ''}
      done={({ payload: { group } }) => {
        if (!group) return;
        tell(`${group.name} was added`, 'Nobody is in it yet.');
        void navigate({ to: '/groups/$id', params: { id: group.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <TenantSelect label="Tenant" required value={tenantId} onChange={setTenantId} error={errorOf('tenantId')} isClearable={false} />
          <Select
            label="Kind"
            description="A directory group has people, computers and other groups; a device group has computers only."
            data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
            allowDeselect={false}
            value={kind}
            onChange={(value) => value && setKind(value)}
            error={errorOf('kind')}
          />
          <NameInput value={name} onChange={setName} error={errorOf('name')} />
        </>
      )}
    </ChangeDialog>
  );
}

const changeMembers = graphql(`
  mutation ChangeGroupMembers($input: ChangeGroupMembersInput!) {
    changeGroupMembers(input: $input) { group { uuid } position userErrors { code message field } }
  }
`);

/** What a member is, by the list of the input in which it goes. */
export type MemberKind = 'personIds' | 'computerIds' | 'groupIds';

const MEMBER_WORDS = { personIds: 'Person', computerIds: 'Computer', groupIds: 'Group' } as const;
const SELECTS = { personIds: PersonSelect, computerIds: ComputerSelect, groupIds: GroupSelect } as const;

export function AddMember({ group }: OfGroup) {
  const kinds: readonly MemberKind[] = group.kind === 'DEVICE' ? ['computerIds'] : ['personIds', 'computerIds', 'groupIds'];
  return (
    <PreviewedAction
      of={group}
      label="Add a member"
      mutation="changeGroupMembers"
      document={changeMembers}
      begin={(): Joining => ({ kind: kinds[0] as MemberKind, member: undefined })}
      words={({ name }) => ({ title: `Add a member to ${name}`, verb: 'Add' })}
      input={({ kind, member }) => (member ? { add: { [kind]: [member] } } : undefined)}
      done={({ seen, fields: { kind, member }, confirmImpact }) =>
        tell(
          `${seen.name} has another member`,
          member && <Undo document={changeMembers} input={{ id: seen.uuid, remove: { [kind]: [member] }, confirmImpact }} />,
        )
      }
    >
      {(joining, change, errorOf) => <JoiningFields group={group} kinds={kinds} joining={joining} change={change} errorOf={errorOf} />}
    </PreviewedAction>
  );
}

interface Joining {
  kind: MemberKind;
  member: string | undefined;
}

interface JoiningProps extends OfGroup {
  kinds: readonly MemberKind[];
  joining: Joining;
  change: (joining: Joining) => void;
  errorOf: ErrorOf;
}

function JoiningFields({ group, kinds, joining: { kind, member }, change, errorOf }: JoiningProps) {
  const MemberSelect = SELECTS[kind];
  return (
    <>
      {kinds.length > 1 && (
        <SegmentedControl
          aria-label="What it is"
          data={kinds.map((value) => ({ value, label: MEMBER_WORDS[value] }))}
          value={kind}
          onChange={(value) => change({ kind: value, member: undefined })}
        />
      )}
      <MemberSelect
        key={kind}
        label={MEMBER_WORDS[kind]}
        description={`Of ${group.tenant?.name ?? 'its tenant'}.`}
        tenantId={group.tenant?.uuid ?? ''}
        value={member}
        onChange={(member) => change({ kind, member })}
        error={errorOf(`add.${kind}`) ?? errorOf(`add.${kind}.0`)}
      />
    </>
  );
}

interface Member {
  kind: MemberKind;
  uuid: string;
  name: string;
}

export function RemoveMember({ group, member: { kind, uuid, name } }: OfGroup & { member: Member }) {
  const members = { [kind]: [uuid] };
  return (
    <PreviewedAction
      of={group}
      label="Take out"
      isInRow
      mutation="changeGroupMembers"
      document={changeMembers}
      words={(seen) => ({ title: `Take ${name} out of ${seen.name}`, isDangerous: true })}
      input={() => ({ remove: members })}
      done={({ seen, confirmImpact }) =>
        tell(`${name} is not in ${seen.name} any more`, <Undo document={changeMembers} input={{ id: seen.uuid, add: members, confirmImpact }} />)
      }
    />
  );
}

const removeGroup = graphql(`
  mutation RemoveGroup($input: RemoveGroupInput!) {
    removeGroup(input: $input) { group { uuid } position userErrors { code message field } }
  }
`);

export function RemoveGroup({ group }: OfGroup) {
  return (
    <PreviewedAction
      of={group}
      label="Remove"
      mutation="removeGroup"
      document={removeGroup}
      words={({ name }) => ({
        title: `Remove ${name}`,
        means: 'Nobody is in it then, and deployments that name it reach nothing. This cannot be undone.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} was removed`)}
    />
  );
}
