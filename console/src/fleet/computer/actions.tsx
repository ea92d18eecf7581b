// What can be done with one computer.
import { type ReactNode, useState } from 'react';
import { ActionMenu, type MenuAction } from '~/kit/action/ActionMenu.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, mayFragment, possible } from '~/kit/action/may.ts';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { PreviewedDialog } from '~/rules/preview/PreviewedDialog.tsx';
import { approveMutation } from './changes.ts';
import { ChangeTags, CompleteOnboarding, MoveComputer, RemoveComputer, RestoreComputer, SetExclusion, SetPerson, StartSession } from './dialogs.tsx';

export const actedFragment = graphql(
  `
  fragment ActedComputer on Computer {
    uuid name revision tags isRemoved isExcludedFromMaintenance onboarding
    tenant { uuid name }
    primaryPerson { uuid name }
    may { ...May }
  }
`,
  [mayFragment],
);

/** What the dialogs know of the computer that they change. */
export type Acted = ResultOf<typeof actedFragment>;

type Deed = 'tags' | 'person' | 'exclusion' | 'onboarding' | 'move' | 'remove' | 'restore';

const MUTATIONS: Readonly<Record<Deed, string>> = {
  tags: 'changeTags',
  person: 'setComputerPrimaryPerson',
  exclusion: 'setComputerMaintenanceExclusion',
  onboarding: 'completeOnboarding',
  move: 'moveComputer',
  remove: 'removeComputer',
  restore: 'restoreComputer',
};

const DIALOGS: Readonly<Record<Deed, (props: Dialog & { computer: Acted }) => ReactNode>> = {
  tags: ChangeTags,
  person: SetPerson,
  exclusion: SetExclusion,
  onboarding: CompleteOnboarding,
  move: MoveComputer,
  remove: RemoveComputer,
  restore: RestoreComputer,
};

export function ComputerActions({ computer: masked }: { computer: FragmentOf<typeof actedFragment> }) {
  const computer = readFragment(actedFragment, masked);
  const [deed, setDeed] = useState<Deed>();
  const isPast = useMoment() !== undefined;
  const action = (label: string, deed: Deed, isDangerous = false): MenuAction => ({
    label,
    choose: () => setDeed(deed),
    may: possible(computer.may, MUTATIONS[deed]),
    isDangerous,
  });
  const { isRemoved, isExcludedFromMaintenance, onboarding, may } = computer;
  const actions = isRemoved
    ? [action('Restore…', 'restore')]
    : [
        action('Tags…', 'tags'),
        action('Person…', 'person'),
        action(isExcludedFromMaintenance ? 'Include in maintenance…' : 'Exclude from maintenance…', 'exclusion'),
        ...(onboarding === 'NEEDS_ONBOARDING' ? [action('Complete onboarding…', 'onboarding')] : []),
        action('Move to another tenant…', 'move', true),
        action('Remove…', 'remove', true),
      ];
  const Chosen = deed && DIALOGS[deed];
  return (
    <SaidOnce>
      {!isPast && !isRemoved && (
        <DialogAction label="Run everything" variant="filled" may={possible(may, 'startSession')}>
          {(dialog) => <StartSession computer={computer} {...dialog} />}
        </DialogAction>
      )}
      <ActionMenu label="Change" actions={actions} />
      {Chosen && !isPast && <Chosen key={deed} computer={computer} isOpen close={() => setDeed(undefined)} />}
    </SaidOnce>
  );
}

interface Named {
  uuid: string;
  name: string;
}

/** Of each item in a list; why it cannot be run is said once, at the head of the page. */
export function RunItem({ computer, software, may }: { computer: Named; software: Named; may: May }) {
  return (
    <DialogAction label="Run" isInRow may={possible(may, 'startSession')} aria-label={`Run ${software.name}`}>
      {(dialog) => <StartSession computer={computer} software={software} {...dialog} />}
    </DialogAction>
  );
}

/** The way to run a deployment that acts only where a session names it. */
export function RunDeployment({ computer, deployment, may }: { computer: Named; deployment: { uuid: string }; may: May }) {
  return (
    <DialogAction label="Run it once" isInRow may={possible(may, 'startSession')}>
      {(dialog) => <StartSession computer={computer} deployment={deployment} {...dialog} />}
    </DialogAction>
  );
}

interface ApproveProps {
  computer: Named;
  deployment: { uuid: string };
  isApproved: boolean;
  may: May;
}

/** Whether an optional deployment may apply here. */
export function Approve({ computer, deployment, isApproved, may }: ApproveProps) {
  if (useMoment()) return null;
  const input = { id: computer.uuid, deploymentId: deployment.uuid };
  return (
    <DialogAction label={isApproved ? 'Approve it here' : 'Take the approval back'} size="compact-xs" may={possible(may, 'setComputerDeploymentApproval')}>
      {(dialog) => (
        <PreviewedDialog
          {...dialog}
          title={isApproved ? `Approve the deployment for ${computer.name}` : `Take the approval for ${computer.name} back`}
          verb={isApproved ? 'Approve it' : 'Take it back'}
          document={approveMutation}
          change={{ setComputerDeploymentApproval: { ...input, isApproved } }}
          variables={({ commandId, reason }) => ({ input: { ...input, isApproved, options: { commandId, reason } } })}
          done={() =>
            tell(
              isApproved ? `The deployment may apply to ${computer.name}` : `The deployment does not apply to ${computer.name} any more`,
              <Undo document={approveMutation} input={{ ...input, isApproved: !isApproved }} />,
            )
          }
        />
      )}
    </DialogAction>
  );
}
