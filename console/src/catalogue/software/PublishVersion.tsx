// A new version: its package, and how it comes onto a computer and off it. It begins with the scripts of the version before.
import { Checkbox, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { UNSAID } from '~/rules/preview/reach.ts';
import { Reach, type SoftwareSeen } from './actions.tsx';
import { ScriptFields } from './ScriptFields.tsx';
import { draftOf } from './script.ts';
import { PackageField } from './upload/PackageField.tsx';
import { useUpload } from './upload/useUpload.ts';
import type { Version } from './VersionsTab.tsx';

const USUAL_TIMEOUT = 900;

const publishVersion = graphql(`
  mutation PublishSoftwareVersion($input: PublishSoftwareVersionInput!) {
    publishSoftwareVersion(input: $input) { software { uuid latestVersion } position userErrors { code message field } }
  }
`);

interface Props {
  software: SoftwareSeen;
  versions: readonly Version[];
}

export function PublishVersion({ software, versions }: Props) {
  return (
    <DialogAction label="Publish a version" may={possible(software.may, 'publishSoftwareVersion')}>
      {(dialog) => <PublishDialog {...dialog} software={software} versions={versions} />}
    </DialogAction>
  );
}

function PublishDialog({ software, versions, ...dialog }: Dialog & Props) {
  const [seen] = useState(software);
  const [before] = useState(versions.at(-1));
  const [version, setVersion] = useState('');
  const [install, setInstall] = useState(draftOf(before?.install));
  const [uninstall, setUninstall] = useState(draftOf(before?.uninstall));
  const [upgrade, setUpgrade] = useState(draftOf(before?.upgrade));
  const [hasUpgrade, setHasUpgrade] = useState(Boolean(before?.upgrade));
  const isKnown = useCallback((sha256: string) => versions.some(({ packageFile }) => packageFile?.sha256 === sha256), [versions]);
  const { upload, start } = useUpload(isKnown);
  const isOnItsWay = upload.kind === 'reading' || upload.kind === 'sending';
  const isWhole = version.trim() !== '' && install.text.trim() !== '' && uninstall.text.trim() !== '' && (!hasUpgrade || upgrade.text.trim() !== '');
  return (
    <ChangeDialog
      {...dialog}
      title={`Publish a version of ${seen.name}`}
      label="Publish"
      document={publishVersion}
      reach={software.reach}
      mustTypeReach={software.reach > UNSAID}
      variables={(said) => ({
        input: {
          id: seen.uuid,
          version: version.trim(),
          packageFile: upload.kind === 'there' ? upload.uploaded : undefined,
          install,
          uninstall,
          upgrade: hasUpgrade ? upgrade : undefined,
          confirmImpact: software.reach,
          options: { ...said, expectedRevision: seen.revision },
        },
      })}
      isReady={isWhole && !isOnItsWay && upload.kind !== 'failed'}
      done={() => tell(`${seen.name} ${version.trim()} was published`)}
    >
      {(errorOf) => (
        <>
          <TextInput
            label="Version"
            description={before ? `The newest so far is ${before.version}.` : 'As its publisher writes it.'}
            required
            value={version}
            onChange={(event) => setVersion(event.currentTarget.value)}
            error={errorOf('version')}
            data-autofocus
          />
          <PackageField upload={upload} start={start} error={errorOf('packageFile') ?? errorOf('packageFile.sha256') ?? errorOf('packageFile.fileName')} />
          <ScriptFields
            legend="Install"
            member="install"
            description="Brings it onto the computer. UPKEEP_PACKAGE is the path of the package."
            draft={install}
            change={setInstall}
            errorOf={errorOf}
            usualTimeout={USUAL_TIMEOUT}
          />
          <ScriptFields
            legend="Uninstall"
            member="uninstall"
            description="Takes it off the computer."
            draft={uninstall}
            change={setUninstall}
            errorOf={errorOf}
            usualTimeout={USUAL_TIMEOUT}
          />
          <Checkbox
            label="Where an older version is there, something else runs"
            checked={hasUpgrade}
            onChange={(event) => setHasUpgrade(event.currentTarget.checked)}
          />
          {hasUpgrade && (
            <ScriptFields
              legend="Upgrade"
              member="upgrade"
              description="Runs instead of the install script where an older version is there."
              draft={upgrade}
              change={setUpgrade}
              errorOf={errorOf}
              usualTimeout={USUAL_TIMEOUT}
            />
          )}
          {isOnItsWay && <p className="dimmed small">It can be published when the package has arrived.</p>}
          <Reach reach={software.reach} />
        </>
      )}
    </ChangeDialog>
  );
}
