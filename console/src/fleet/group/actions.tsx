// What can be done with a group.
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { KIND_WORDS, KINDS, type Kind } from './search.ts';
import { ComputerSelect, GroupSelect } from './selects.tsx';

/** A group as its actions need it: as it was when they were opened. */
export interface GroupSeen {
  uuid: string;
  name: string;
  kind: Kind;
  revision: number;
  tenant: { uuid: string; name: string } | null;
  may: May;
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
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} />
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
  return (
    <DialogAction label="Add a member" may={possible(group.may, 'changeGroupMembers')}>
      {(dialog) => <AddMemberDialog {...dialog} group={group} />}
    </DialogAction>
  );
}

function AddMemberDialog({ group, ...dialog }: Dialog & OfGroup) {
  const [seen] = useState(group);
  const kinds: readonly MemberKind[] = seen.kind === 'DEVICE' ? ['computerIds'] : ['personIds', 'computerIds', 'groupIds'];
  const [kind, setKind] = useState(kinds[0] as MemberKind);
  const [member, setMember] = useState<string>();
  const MemberSelect = SELECTS[kind];
  const input = { id: seen.uuid, add: { [kind]: [member ?? ''] } };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Add a member to ${seen.name}`}
      verb="Add"
      document={changeMembers}
      change={{ changeGroupMembers: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      isReady={member !== undefined}
      done={(_, confirmImpact) =>
        tell(
          `${seen.name} has another member`,
          <Undo document={changeMembers} variables={(commandId) => ({ input: { id: seen.uuid, remove: input.add, confirmImpact, options: { commandId } } })} />,
        )
      }
    >
      {(errorOf) => (
        <>
          {kinds.length > 1 && (
            <SegmentedControl
              aria-label="What it is"
              data={kinds.map((value) => ({ value, label: MEMBER_WORDS[value] }))}
              value={kind}
              onChange={(value) => {
                setKind(value as MemberKind);
                setMember(undefined);
              }}
            />
          )}
          <MemberSelect
            key={kind}
            label={MEMBER_WORDS[kind]}
            description={`Of ${seen.tenant?.name ?? 'its tenant'}.`}
            tenantId={seen.tenant?.uuid ?? ''}
            value={member}
            onChange={setMember}
            error={errorOf(`add.${kind}`) ?? errorOf(`add.${kind}.0`)}
          />
        </>
      )}
    </PreviewedDialog>
  );
}

interface Member {
  kind: MemberKind;
  uuid: string;
  name: string;
}

export function RemoveMember({ group, member }: OfGroup & { member: Member }) {
  return (
    <DialogAction label="Take out" isInRow may={possible(group.may, 'changeGroupMembers')}>
      {(dialog) => <RemoveMemberDialog {...dialog} group={group} member={member} />}
    </DialogAction>
  );
}

function RemoveMemberDialog({ group, member, ...dialog }: Dialog & OfGroup & { member: Member }) {
  const [seen] = useState(group);
  const input = { id: seen.uuid, remove: { [member.kind]: [member.uuid] } };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Take ${member.name} out of ${seen.name}`}
      verb="Take out"
      isDangerous
      document={changeMembers}
      change={{ changeGroupMembers: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={(_, confirmImpact) =>
        tell(
          `${member.name} is not in ${seen.name} any more`,
          <Undo document={changeMembers} variables={(commandId) => ({ input: { id: seen.uuid, add: input.remove, confirmImpact, options: { commandId } } })} />,
        )
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
    <DialogAction label="Remove" may={possible(group.may, 'removeGroup')}>
      {(dialog) => <RemoveDialog {...dialog} group={group} />}
    </DialogAction>
  );
}

function RemoveDialog({ group, ...dialog }: Dialog & OfGroup) {
  const [seen] = useState(group);
  const input = { id: seen.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Remove ${seen.name}`}
      verb="Remove"
      isDangerous
      document={removeGroup}
      change={{ removeGroup: input }}
      variables={({ confirmImpact, ...said }) => ({ input: { ...input, confirmImpact, options: { ...said, expectedRevision: seen.revision } } })}
      done={() => tell(`${seen.name} was removed`)}
    >
      <p className="small">Nobody is in it then, and deployments that name it reach nothing. This cannot be undone.</p>
    </PreviewedDialog>
  );
}
