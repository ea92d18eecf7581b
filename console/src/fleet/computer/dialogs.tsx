// The dialogs in which a computer is changed: each says what it would come to, and what was done can be taken back.
import { PersonSelect } from '~/fleet/person/PersonSelect.tsx';
import { TagsDialog } from '~/fleet/tag/ChangeTags.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { ThingDialog } from '~/kit/action/ThingDialog.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { PreviewedThingDialog } from '~/rules/preview/PreviewedThingDialog.tsx';
import type { Acted } from './acted.ts';

export interface OfComputer extends Dialog {
  computer: Acted;
}

export function ChangeTags({ computer: { uuid, name, tags }, ...dialog }: OfComputer) {
  return <TagsDialog {...dialog} bearer={{ on: { computerId: uuid }, name, tags }} />;
}

const setPerson = graphql(`
  mutation SetComputerPrimaryPerson($input: SetComputerPrimaryPersonInput!) {
    setComputerPrimaryPerson(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export function SetPerson({ computer, ...dialog }: OfComputer) {
  return (
    <PreviewedThingDialog
      {...dialog}
      of={computer}
      label="Set the person"
      mutation="setComputerPrimaryPerson"
      document={setPerson}
      begin={({ primaryPerson }) => primaryPerson?.uuid}
      words={({ name }, person) => ({ title: `Whose computer ${name} is`, ...(person ? {} : { verb: 'Make it nobody’s' }) })}
      input={(personId, { primaryPerson }) => (personId === primaryPerson?.uuid ? undefined : { personId })}
      done={({ seen }) =>
        tell(`The person of ${seen.name} changed`, <Undo document={setPerson} input={{ id: seen.uuid, personId: seen.primaryPerson?.uuid }} />)
      }
    >
      {(personId, change, errorOf) => (
        <PersonSelect
          label="Person"
          description={computer.tenant ? `Of ${computer.tenant.name}. Deployments for this person and their groups apply here then.` : undefined}
          tenantId={computer.tenant?.uuid}
          value={personId}
          onChange={change}
          error={errorOf('personId')}
        />
      )}
    </PreviewedThingDialog>
  );
}

const setExclusion = graphql(`
  mutation SetComputerMaintenanceExclusion($input: SetComputerMaintenanceExclusionInput!) {
    setComputerMaintenanceExclusion(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export function SetExclusion({ computer, ...dialog }: OfComputer) {
  return (
    <PreviewedThingDialog
      {...dialog}
      of={computer}
      label="Exclude it"
      mutation="setComputerMaintenanceExclusion"
      document={setExclusion}
      // What it was opened for: the computer itself may have changed meanwhile.
      begin={({ isExcludedFromMaintenance }) => !isExcludedFromMaintenance}
      words={({ name }, isExcluded) =>
        isExcluded
          ? { title: `Exclude ${name} from maintenance`, means: 'While it is excluded no deployment applies to it. What is installed stays.' }
          : { title: `Include ${name} in maintenance`, verb: 'Include it', means: 'The deployments for it apply again, from its next session on.' }
      }
      input={(isExcluded) => ({ isExcluded })}
      done={({ seen, fields: isExcluded }) =>
        tell(
          isExcluded ? `${seen.name} is excluded from maintenance` : `${seen.name} is included in maintenance`,
          <Undo document={setExclusion} input={{ id: seen.uuid, isExcluded: !isExcluded }} />,
        )
      }
    />
  );
}

const completeOnboarding = graphql(`
  mutation CompleteOnboarding($input: CompleteOnboardingInput!) {
    completeOnboarding(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export function CompleteOnboarding({ computer, ...dialog }: OfComputer) {
  return (
    <ThingDialog
      {...dialog}
      of={computer}
      label="Complete it"
      document={completeOnboarding}
      words={({ name }) => ({
        title: `Complete the onboarding of ${name}`,
        means:
          'Says that it needs no onboarding any more: deployments that act in onboarding only do not apply then. A first full session that passes says the same. It cannot be taken back.',
      })}
      done={({ seen }) => tell(`The onboarding of ${seen.name} is complete`)}
    />
  );
}

const moveComputer = graphql(`
  mutation MoveComputer($input: MoveComputerInput!) {
    moveComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export function MoveComputer({ computer, ...dialog }: OfComputer) {
  return (
    <PreviewedThingDialog
      {...dialog}
      of={computer}
      label="Move it"
      mutation="moveComputer"
      document={moveComputer}
      begin={(): string | undefined => undefined}
      words={({ name }) => ({
        title: `Move ${name} to another tenant`,
        means:
          'What is known of it, its tags, approvals and agents go along. Its sessions are cancelled; they, its groups and its person stay with the tenant that it leaves.',
        isDangerous: true,
      })}
      input={(tenantId, { tenant }) => (tenantId && tenantId !== tenant?.uuid ? { tenantId } : undefined)}
      done={({ seen: { uuid: id, name, tenant } }) =>
        tell(`${name} was moved`, tenant && <Undo document={moveComputer} input={{ id, tenantId: tenant.uuid }} />)
      }
    >
      {(tenantId, change, errorOf) => (
        <TenantSelect
          label="To tenant"
          description={computer.tenant ? `It belongs to ${computer.tenant.name} now.` : undefined}
          value={tenantId}
          onChange={change}
          error={errorOf('tenantId') ?? (tenantId && tenantId === computer.tenant?.uuid ? 'It belongs to this one already.' : undefined)}
        />
      )}
    </PreviewedThingDialog>
  );
}

const removeComputer = graphql(`
  mutation RemoveComputer($input: RemoveComputerInput!) {
    removeComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);
const restoreComputer = graphql(`
  mutation RestoreComputer($input: RestoreComputerInput!) {
    restoreComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export function RemoveComputer({ computer, ...dialog }: OfComputer) {
  return (
    <PreviewedThingDialog
      {...dialog}
      of={computer}
      label="Remove it"
      mutation="removeComputer"
      document={removeComputer}
      words={({ name }) => ({
        title: `Remove ${name}`,
        means:
          'Nothing applies to it any more, its sessions are cancelled and none starts, and its agents get nothing. What is known of it is kept, and it can be restored.',
        isDangerous: true,
      })}
      done={({ seen }) => tell(`${seen.name} was removed`, <Undo document={restoreComputer} input={{ id: seen.uuid }} />)}
    />
  );
}

export function RestoreComputer({ computer, ...dialog }: OfComputer) {
  return (
    <PreviewedThingDialog
      {...dialog}
      of={computer}
      label="Restore it"
      mutation="restoreComputer"
      document={restoreComputer}
      words={({ name }) => ({ title: `Restore ${name}`, means: 'It comes back as it was: with its tenant, its tags and its agents.' })}
      done={({ seen }) => tell(`${seen.name} is back`, <Undo document={removeComputer} input={{ id: seen.uuid }} />)}
    />
  );
}
