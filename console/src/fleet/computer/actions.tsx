// What can be done with one computer.
import { type ReactNode, useState } from 'react';
import { ActionMenu } from '~/kit/action/ActionMenu.tsx';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { type FragmentOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { StartSession, type Subject } from '~/maintenance/session/StartSession.tsx';
import { TryScript } from '~/maintenance/session/TryScript.tsx';
import { type Acted, actedFragment } from './acted.ts';
import { ChangeTags, CompleteOnboarding, MoveComputer, type OfComputer, RemoveComputer, RestoreComputer, SetExclusion, SetPerson } from './dialogs.tsx';

interface Change {
  label: string;
  mutation: string;
  Dialog: (props: OfComputer) => ReactNode;
  isDangerous?: boolean;
}

/** What makes sense in the state that it is in. */
function changesOf({ isRemoved, isExcludedFromMaintenance, onboarding }: Acted): Change[] {
  if (isRemoved) return [{ label: 'Restore…', mutation: 'restoreComputer', Dialog: RestoreComputer }];
  return [
    { label: 'Try a script…', mutation: 'runScript', Dialog: TryScript },
    { label: 'Tags…', mutation: 'changeTags', Dialog: ChangeTags },
    { label: 'Person…', mutation: 'setComputerPrimaryPerson', Dialog: SetPerson },
    {
      label: isExcludedFromMaintenance ? 'Include in maintenance…' : 'Exclude from maintenance…',
      mutation: 'setComputerMaintenanceExclusion',
      Dialog: SetExclusion,
    },
    ...(onboarding === 'NEEDS_ONBOARDING' ? [{ label: 'Complete onboarding…', mutation: 'completeOnboarding', Dialog: CompleteOnboarding }] : []),
    { label: 'Move to another tenant…', mutation: 'moveComputer', Dialog: MoveComputer, isDangerous: true },
    { label: 'Remove…', mutation: 'removeComputer', Dialog: RemoveComputer, isDangerous: true },
  ];
}

export function ComputerActions({ computer: masked }: { computer: FragmentOf<typeof actedFragment> }) {
  const computer = readFragment(actedFragment, masked);
  const [asked, ask] = useState<Change>();
  const isPast = useMoment() !== undefined;
  const { isRemoved, may } = computer;
  const actions = changesOf(computer).map((change) => ({ ...change, choose: () => ask(change), may: possible(may, change.mutation) }));
  return (
    <SaidOnce>
      {!isPast && !isRemoved && (
        <DialogAction label="Run everything" variant="filled" may={possible(may, 'startSession')}>
          {(dialog) => <StartSession computer={computer} {...dialog} />}
        </DialogAction>
      )}
      <ActionMenu label="Change" actions={actions} />
      {asked && !isPast && <asked.Dialog key={asked.label} computer={computer} isOpen close={() => ask(undefined)} />}
    </SaidOnce>
  );
}

interface RunProps extends Subject {
  label: string;
  computer: { uuid: string; name: string };
  may: May;
}

/** Of one item or one deployment in a list; why nothing can be run is said once, at the head of the page. */
export function Run({ label, computer, may, ...subject }: RunProps) {
  return (
    <DialogAction label={label} isInRow may={possible(may, 'startSession')} {...(subject.item ? { 'aria-label': `${label} ${subject.item.name}` } : {})}>
      {(dialog) => <StartSession computer={computer} {...subject} {...dialog} />}
    </DialogAction>
  );
}
