// The dialogs in which a computer is changed: each says what it would come to, and what was done can be taken back.
import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import type { Acted } from './actions.tsx';
import {
  changeTagsMutation,
  completeOnboardingMutation,
  moveComputerMutation,
  removeComputerMutation,
  restoreComputerMutation,
  setExclusionMutation,
  setPersonMutation,
  startSessionMutation,
} from './changes.ts';

interface Props extends Dialog {
  computer: Acted;
}

interface StartProps extends Dialog {
  computer: { uuid: string; name: string };
  software?: { uuid: string; name: string } | undefined;
  deployment?: { uuid: string } | undefined;
}

/** Everything, one item, or what one deployment says of its item. */
export function StartSession({ computer, software, deployment, ...dialog }: StartProps) {
  const what = software ? software.name : deployment ? 'what this deployment says' : 'everything';
  return (
    <ChangeDialog
      {...dialog}
      title={`Run ${what} on ${computer.name}`}
      label="Start the session"
      document={startSessionMutation}
      variables={(options) => ({ input: { computerId: computer.uuid, softwareId: software?.uuid, deploymentId: deployment?.uuid, options } })}
      done={({ payload }) =>
        tell(`A session for ${computer.name} was started`, payload.session && <PathLink to={`/sessions/${payload.session.uuid}`}>Watch it</PathLink>)
      }
    >
      <p className="plain small">
        The session resolves which deployments win, looks what is there, and does what is missing. If the computer is offline it waits until it is back, 7 days
        at most.
      </p>
    </ChangeDialog>
  );
}

export function ChangeTags({ computer, ...dialog }: Props) {
  const [tags, setTags] = useState([...computer.tags]);
  const add = tags.filter((tag) => !computer.tags.includes(tag));
  const remove = computer.tags.filter((tag) => !tags.includes(tag));
  const on = { computerId: computer.uuid };
  return (
    <PreviewedDialog
      {...dialog}
      title={`Tags of ${computer.name}`}
      verb="Change the tags"
      document={changeTagsMutation}
      change={{ changeTags: { on, add, remove } }}
      isReady={add.length + remove.length > 0}
      variables={({ confirmImpact, ...options }) => ({ input: { on, add, remove, confirmImpact, options } })}
      done={() => tell(`Tags of ${computer.name} changed`, <Undo document={changeTagsMutation} input={{ on, add: remove, remove: add }} />)}
    >
      {(errorOf) => (
        <TagsInput
          label="Tags"
          description="Enter ends a tag. Upper and lower case are the same."
          value={tags}
          onChange={setTags}
          error={errorOf('add') ?? errorOf('remove')}
          data-autofocus
        />
      )}
    </PreviewedDialog>
  );
}

export function SetPerson({ computer, ...dialog }: Props) {
  const before = computer.primaryPerson?.uuid;
  const [person, setPerson] = useState(before);
  const id = computer.uuid;
  return (
    <PreviewedDialog
      {...dialog}
      title={`Whose computer ${computer.name} is`}
      verb={person ? 'Set the person' : 'Make it nobody’s'}
      document={setPersonMutation}
      change={{ setComputerPrimaryPerson: { id, personId: person } }}
      isReady={person !== before}
      variables={({ commandId, reason }) => ({ input: { id, personId: person, options: { commandId, reason, expectedRevision: computer.revision } } })}
      done={() => tell(`The person of ${computer.name} changed`, <Undo document={setPersonMutation} input={{ id, personId: before }} />)}
    >
      {(errorOf) => (
        <PersonSelect
          label="Person"
          description={computer.tenant ? `Of ${computer.tenant.name}. Deployments for this person and their groups apply here then.` : undefined}
          tenantId={computer.tenant?.uuid}
          value={person}
          onChange={setPerson}
          error={errorOf('personId')}
        />
      )}
    </PreviewedDialog>
  );
}

export function SetExclusion({ computer, ...dialog }: Props) {
  // What it was opened for: the computer itself may have changed meanwhile.
  const [isExcluded] = useState(!computer.isExcludedFromMaintenance);
  const { uuid: id, name } = computer;
  return (
    <PreviewedDialog
      {...dialog}
      title={isExcluded ? `Exclude ${name} from maintenance` : `Include ${name} in maintenance`}
      verb={isExcluded ? 'Exclude it' : 'Include it'}
      document={setExclusionMutation}
      change={{ setComputerMaintenanceExclusion: { id, isExcluded } }}
      variables={({ commandId, reason }) => ({ input: { id, isExcluded, options: { commandId, reason } } })}
      done={() =>
        tell(
          isExcluded ? `${name} is excluded from maintenance` : `${name} is included in maintenance`,
          <Undo document={setExclusionMutation} input={{ id, isExcluded: !isExcluded }} />,
        )
      }
    >
      <p className="plain small">
        {isExcluded ? 'While it is excluded no deployment applies to it.' : 'The deployments for it apply again, from its next session on.'}
      </p>
    </PreviewedDialog>
  );
}

export function CompleteOnboarding({ computer, ...dialog }: Props) {
  const { uuid: id, name } = computer;
  return (
    <ChangeDialog
      {...dialog}
      title={`Complete the onboarding of ${name}`}
      label="Complete it"
      document={completeOnboardingMutation}
      variables={(options) => ({ input: { id, options } })}
      done={() => tell(`The onboarding of ${name} is complete`)}
    >
      <p className="plain small">
        Says that it needs no onboarding any more: deployments that act in onboarding only do not apply then. A first full session that passes says the same. It
        cannot be taken back.
      </p>
    </ChangeDialog>
  );
}

export function MoveComputer({ computer, ...dialog }: Props) {
  const before = computer.tenant?.uuid;
  const [tenant, setTenant] = useState<string>();
  const { uuid: id, name } = computer;
  const isReady = tenant !== undefined && tenant !== before;
  return (
    <PreviewedDialog
      {...dialog}
      title={`Move ${name} to another tenant`}
      verb="Move it"
      isDangerous
      document={moveComputerMutation}
      change={isReady ? { moveComputer: { id, tenantId: tenant } } : undefined}
      isReady={isReady}
      variables={({ commandId, reason }) => ({ input: { id, tenantId: tenant ?? '', options: { commandId, reason, expectedRevision: computer.revision } } })}
      done={() => tell(`${name} was moved`, before && <Undo document={moveComputerMutation} input={{ id, tenantId: before }} />)}
    >
      {(errorOf) => (
        <>
          <TenantSelect
            label="To tenant"
            description={computer.tenant ? `It belongs to ${computer.tenant.name} now.` : undefined}
            value={tenant}
            onChange={setTenant}
            error={errorOf('tenantId') ?? (tenant && tenant === before ? 'It belongs to this one already.' : undefined)}
          />
          <p className="plain small">
            What is known of it, its tags, approvals and agents go along. Its sessions are cancelled; they, its groups and its person stay with the tenant that
            it leaves.
          </p>
        </>
      )}
    </PreviewedDialog>
  );
}

export function RemoveComputer({ computer, ...dialog }: Props) {
  const { uuid: id, name } = computer;
  return (
    <PreviewedDialog
      {...dialog}
      title={`Remove ${name}`}
      verb="Remove it"
      isDangerous
      document={removeComputerMutation}
      change={{ removeComputer: { id } }}
      variables={({ commandId, reason }) => ({ input: { id, options: { commandId, reason } } })}
      done={() => tell(`${name} was removed`, <Undo document={restoreComputerMutation} input={{ id }} />)}
    >
      <p className="plain small">
        Nothing applies to it any more, its sessions are cancelled and none starts, and its agents get nothing. What is known of it is kept, and it can be
        restored.
      </p>
    </PreviewedDialog>
  );
}

export function RestoreComputer({ computer, ...dialog }: Props) {
  const { uuid: id, name } = computer;
  return (
    <PreviewedDialog
      {...dialog}
      title={`Restore ${name}`}
      verb="Restore it"
      document={restoreComputerMutation}
      change={{ restoreComputer: { id } }}
      variables={({ commandId, reason }) => ({ input: { id, options: { commandId, reason } } })}
      done={() => tell(`${name} is back`, <Undo document={removeComputerMutation} input={{ id }} />)}
    >
      <p className="plain small">It comes back as it was: with its tenant, its tags and its agents.</p>
    </PreviewedDialog>
  );
}
