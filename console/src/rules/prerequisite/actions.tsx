// What can be done with the prerequisites of a software. Each changes what its sessions do: on how many computers is said, and confirmed.
import { useState } from 'react';
import { Reach, type Running, RunningAction } from '~/catalogue/script/RunningAction.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { UNSAID } from '~/rules/preview/reach.ts';
import { draftOf, EMPTY, otherParts, type Says, saysOf } from './draft.ts';
import { addPrerequisite, changePrerequisite, removePrerequisite } from './mutations.ts';
import { PrerequisiteFields } from './PrerequisiteFields.tsx';
import type { Prerequisite } from './prerequisite.ts';

/** The software whose prerequisites they are. */
export interface Needing extends Running {
  name: string;
}

export function AddPrerequisite({ software }: { software: Needing }) {
  return (
    <DialogAction label="Add a prerequisite" may={possible(software.may, 'addPrerequisite')}>
      {(dialog) => <AddDialog {...dialog} software={software} />}
    </DialogAction>
  );
}

function AddDialog({ software, ...dialog }: Dialog & { software: Needing }) {
  const [draft, change] = useState(EMPTY);
  const says = saysOf(draft);
  const { uuid, name, reach } = software;
  return (
    <ChangeDialog
      {...dialog}
      title={`What ${name} needs first`}
      label="Add it"
      document={addPrerequisite}
      reach={reach}
      mustTypeReach={reach > UNSAID}
      // It is sent only when it is whole.
      variables={(options) => ({ input: { softwareId: uuid, ...(says as Says), confirmImpact: reach, options } })}
      isReady={says !== undefined}
      done={({ payload: { prerequisite } }) =>
        prerequisite && tell(`${name} has another prerequisite`, <Undo document={removePrerequisite} input={{ id: prerequisite.uuid, confirmImpact: reach }} />)
      }
    >
      {(errorOf) => (
        <>
          <PrerequisiteFields of={name} draft={draft} change={change} errorOf={errorOf} />
          <Reach reach={reach} />
        </>
      )}
    </ChangeDialog>
  );
}

interface OfPrerequisite {
  software: Needing;
  prerequisite: Prerequisite;
}

/** A prerequisite as its changes need it. Its revision is that of all of them, which moves whenever another software's are changed: it is not expected. */
function thingOf({ software, prerequisite }: OfPrerequisite) {
  return { ...prerequisite, reach: software.reach };
}

export function ChangePrerequisite({ software, prerequisite }: OfPrerequisite) {
  return (
    <RunningAction
      of={thingOf({ software, prerequisite })}
      label="Change"
      isInRow
      mutation="changePrerequisite"
      document={changePrerequisite}
      begin={draftOf}
      words={() => ({ title: `What ${software.name} needs first`, verb: 'Change it' })}
      input={(draft, seen) => {
        const says = saysOf(draft);
        const others = says && otherParts(says, saysOf(draftOf(seen)));
        return others && Object.keys(others).length > 0 ? others : undefined;
      }}
      done={({ seen, fields, confirmImpact }) => {
        const said = saysOf(draftOf(seen));
        const before = said && otherParts(said, saysOf(fields));
        tell(
          `A prerequisite of ${software.name} was changed`,
          before && <Undo document={changePrerequisite} input={{ id: seen.uuid, ...before, confirmImpact }} />,
        );
      }}
    >
      {(draft, change, errorOf) => <PrerequisiteFields of={software.name} draft={draft} change={change} errorOf={errorOf} />}
    </RunningAction>
  );
}

export function RemovePrerequisite({ software, prerequisite }: OfPrerequisite) {
  return (
    <RunningAction
      of={thingOf({ software, prerequisite })}
      label="Remove"
      isInRow
      mutation="removePrerequisite"
      document={removePrerequisite}
      words={({ text }) => ({
        title: `Remove a prerequisite of ${software.name}`,
        verb: 'Remove it',
        means: `It says: ${text}. Sessions that are resolved already keep their plan, and what is installed stays.`,
        isDangerous: true,
      })}
      done={({ seen, confirmImpact }) => {
        const before = saysOf(draftOf(seen));
        tell(
          `A prerequisite of ${software.name} was removed`,
          before && (
            <>
              Undo adds it anew, behind the others. <Undo document={addPrerequisite} input={{ softwareId: software.uuid, ...before, confirmImpact }} />
            </>
          ),
        );
      }}
    />
  );
}
