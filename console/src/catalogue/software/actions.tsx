// What can be done with a software of the catalogue.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { plural } from '~/kit/text/words.ts';
import { UNSAID } from '~/rules/preview/reach.ts';
import { ScriptFields } from './ScriptFields.tsx';
import { draftOf, type Script } from './script.ts';

export const DETECTION_TIMEOUT = 120;
const DETECTION =
  'It prints the installed version and nothing else, or nothing where the software is absent, and ends with 0. It sees UPKEEP_ROOT and UPKEEP_SOFTWARE.';

/** A software as its actions need it: as it was when they were opened. */
export interface SoftwareSeen extends Thing {
  name: string;
  reach: number;
  detection: Script | null;
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
  const [detection, setDetection] = useState(draftOf(undefined));
  return (
    <ChangeDialog
      {...dialog}
      title="Add a software"
      label="Add it"
      document={createSoftware}
      variables={(options) => ({ input: { name: name.trim(), detection, options } })}
      isReady={name.trim() !== '' && detection.text.trim() !== ''}
      done={({ payload: { software } }) => {
        if (!software) return;
        tell(`${software.name} was added`, 'It has no version yet: publish one.');
        void navigate({ to: '/software/$id', params: { id: software.uuid } });
      }}
    >
      {(errorOf) => (
        <>
          <NameInput value={name} onChange={setName} error={errorOf('name')} data-autofocus />
          <ScriptFields
            legend="Detection"
            member="detection"
            description={DETECTION}
            draft={detection}
            change={setDetection}
            errorOf={errorOf}
            usualTimeout={DETECTION_TIMEOUT}
          />
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

export function RenameSoftware({ software }: { software: SoftwareSeen }) {
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

const changeDetection = graphql(`
  mutation ChangeSoftwareDetection($input: ChangeSoftwareDetectionInput!) {
    changeSoftwareDetection(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

export function ChangeDetection({ software }: { software: SoftwareSeen }) {
  return (
    <DialogAction label="Change detection" may={possible(software.may, 'changeSoftwareDetection')}>
      {(dialog) => <DetectionDialog {...dialog} software={software} />}
    </DialogAction>
  );
}

function DetectionDialog({ software, ...dialog }: Dialog & { software: SoftwareSeen }) {
  const [seen] = useState(software);
  const [detection, setDetection] = useState(draftOf(seen.detection));
  return (
    <ChangeDialog
      {...dialog}
      title={`How ${seen.name} is detected`}
      label={`Change detection on ${plural(software.reach, 'computer')}`}
      document={changeDetection}
      reach={software.reach}
      mustTypeReach={software.reach > UNSAID}
      variables={(said) => ({
        input: { id: seen.uuid, detection, confirmImpact: software.reach, options: { ...said, expectedRevision: seen.revision } },
      })}
      isReady={detection.text.trim() !== ''}
      done={() => tell(`${seen.name} is detected in another way now`, 'The next sessions use it.')}
    >
      {(errorOf) => (
        <>
          <ScriptFields
            legend="Detection"
            member="detection"
            description={DETECTION}
            draft={detection}
            change={setDetection}
            errorOf={errorOf}
            usualTimeout={DETECTION_TIMEOUT}
          />
          <Reach reach={software.reach} />
        </>
      )}
    </ChangeDialog>
  );
}

const withdrawVersion = graphql(`
  mutation WithdrawSoftwareVersion($input: WithdrawSoftwareVersionInput!) {
    withdrawSoftwareVersion(input: $input) { software { uuid latestVersion } position userErrors { code message field } }
  }
`);

export function WithdrawVersion({ software, version }: { software: SoftwareSeen; version: string }) {
  return (
    <DialogAction label="Withdraw" isInRow may={possible(software.may, 'withdrawSoftwareVersion')}>
      {(dialog) => <WithdrawDialog {...dialog} software={software} version={version} />}
    </DialogAction>
  );
}

function WithdrawDialog({ software, version, ...dialog }: Dialog & { software: SoftwareSeen; version: string }) {
  const [seen] = useState(software);
  return (
    <ChangeDialog
      {...dialog}
      title={`Withdraw version ${version} of ${seen.name}`}
      label={`Withdraw ${version}`}
      isDangerous
      document={withdrawVersion}
      reach={software.reach}
      mustTypeReach={software.reach > UNSAID}
      variables={(said) => ({
        input: { id: seen.uuid, version, confirmImpact: software.reach, options: { ...said, expectedRevision: seen.revision } },
      })}
      done={({ payload }) =>
        tell(`${version} was withdrawn`, payload.software?.latestVersion ? `The latest is ${payload.software.latestVersion} now.` : 'No version is left.')
      }
    >
      <p>Nothing installs it any more. Computers that have it keep it until a session brings them to what is wanted then.</p>
      <Reach reach={software.reach} />
    </ChangeDialog>
  );
}

export function Reach({ reach }: { reach: number }) {
  return (
    <p className="dimmed small">
      {reach === 0 ? 'Its scripts run on no computer now.' : `Its scripts run on ${plural(reach, 'computer')}, when the next session of each comes.`}
    </p>
  );
}
