// What can be done with a software of the catalogue.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { type Running, RunningAction } from '../script/RunningAction.tsx';
import type { Script } from '../script/script.ts';
import { DetectionFields } from './detection/DetectionFields.tsx';
import { EMPTY, placesOf, saysOf } from './detection/draft.ts';
import type { ExitCodes } from './exitCodes.ts';
import type { Match } from './program.ts';
import type { RepairStrategy, UpgradeStrategy } from './way.ts';

/** A software as its actions need it: as it was when they were opened. */
export interface SoftwareSeen extends Running {
  name: string;
  detection: Script | null;
  detectionProgram: Match | null;
  publisher: string | null;
  notes: string | null;
  upgradeStrategy: UpgradeStrategy;
  repairStrategy: RepairStrategy;
  exitCodes: ExitCodes;
}

export interface OfSoftware {
  software: SoftwareSeen;
}

const createSoftware = graphql(`
  mutation CreateSoftware($input: CreateSoftwareInput!) {
    createSoftware(input: $input) { software { uuid name } position userErrors { code message field } }
  }
`);

export function CreateSoftware() {
  const makes = useMakes();
  return (
    <DialogAction label="Add a software" may={makes('createSoftware')}>
      {(dialog) => <CreateDialog {...dialog} />}
    </DialogAction>
  );
}

function CreateDialog(dialog: Dialog) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [detection, setDetection] = useState(EMPTY);
  const says = saysOf(detection);
  return (
    <ChangeDialog
      {...dialog}
      title="Add a software"
      label="Add it"
      document={createSoftware}
      variables={(options) => ({ input: { name: name.trim(), ...says, options } })}
      isReady={name.trim() !== '' && says !== undefined}
      places={placesOf(detection)}
      done={({ payload: { software } }) => {
        if (!software) return;
        tell(`${software.name} was added`, 'It has no version yet: publish one.');
        void navigate({ to: '/software/$id', params: { id: software.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <NameInput value={name} onChange={setName} error={errorOf('name')} data-autofocus />
          <DetectionFields draft={detection} change={setDetection} errorOf={errorOf} />
        </>
      )}
    </ChangeDialog>
  );
}

const renameSoftware = graphql(`
  mutation RenameSoftware($input: RenameSoftwareInput!) {
    renameSoftware(input: $input) { software { uuid name } position userErrors { code message field } }
  }
`);

export function RenameSoftware({ software }: OfSoftware) {
  return (
    <ThingAction
      of={software}
      label="Rename"
      mutation="renameSoftware"
      document={renameSoftware}
      begin={({ name }) => name}
      words={({ name }) => ({ title: `Rename ${name}` })}
      input={otherName}
      done={({ seen, fields }) =>
        tell(`${seen.name} is called ${fields.trim()} now`, <Undo document={renameSoftware} input={{ id: seen.uuid, name: seen.name }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </ThingAction>
  );
}

const withdrawVersion = graphql(`
  mutation WithdrawSoftwareVersion($input: WithdrawSoftwareVersionInput!) {
    withdrawSoftwareVersion(input: $input) { software { uuid latestVersion } position userErrors { code message field } }
  }
`);

/** The server tries the latest version alone, and there is none where each computer says which it is: who may publish may withdraw. */
export function WithdrawVersion({ software, version }: OfSoftware & { version: string }) {
  return (
    <RunningAction
      of={software}
      label="Withdraw"
      isInRow
      mutation="withdrawSoftwareVersion"
      may={possible(software.may, 'publishSoftwareVersion')}
      document={withdrawVersion}
      words={({ name }) => ({
        title: `Withdraw version ${version} of ${name}`,
        verb: `Withdraw ${version}`,
        means: 'Nothing installs it any more. Computers that have it keep it until a session brings them to what is wanted then.',
        isDangerous: true,
      })}
      input={() => ({ version })}
      done={({ payload: { software } }) =>
        tell(`${version} was withdrawn`, software?.latestVersion ? `The latest is ${software.latestVersion} now.` : 'No version is left.')
      }
    />
  );
}
