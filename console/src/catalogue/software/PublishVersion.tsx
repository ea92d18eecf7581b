// A new version: its package, and its scripts where it does not inherit them. It begins with those of the version before.
import { TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { UNSAID } from '~/rules/preview/reach.ts';
import { Reach } from '../script/RunningAction.tsx';
import type { OfSoftware } from './actions.tsx';
import { OwnScriptFields } from './OwnScriptFields.tsx';
import { begun, isWhole, scriptsInput } from './publishing.ts';
import type { RoleScript } from './scripts.ts';
import { PackageField } from './upload/PackageField.tsx';
import { PackageSource, type Source } from './upload/PackageSource.tsx';
import { useUpload } from './upload/useUpload.ts';
import { VendorFields } from './upload/VendorFields.tsx';
import { fetchedOf, NO_VENDOR } from './upload/vendor.ts';
import type { Version } from './VersionsTab.tsx';

const publishVersion = graphql(`
  mutation PublishSoftwareVersion($input: PublishSoftwareVersionInput!) {
    publishSoftwareVersion(input: $input) { software { uuid latestVersion } position userErrors { code message field } }
  }
`);

interface Props extends OfSoftware {
  /** What all versions have that have none of their own. */
  scripts: readonly RoleScript[];
  versions: readonly Version[];
}

export function PublishVersion({ software, scripts, versions }: Props) {
  return (
    <DialogAction label="Publish a version" may={possible(software.may, 'publishSoftwareVersion')}>
      {(dialog) => <PublishDialog {...dialog} software={software} scripts={scripts} versions={versions} />}
    </DialogAction>
  );
}

function PublishDialog({ software, scripts, versions, ...dialog }: Dialog & Props) {
  const [seen] = useState(software);
  const [before] = useState(versions.at(-1));
  const [version, setVersion] = useState('');
  const [drafts, setDrafts] = useState(() => begun(before?.scripts, scripts));
  const isKnown = useCallback((sha256: string) => versions.some(({ packageFile }) => packageFile?.sha256 === sha256), [versions]);
  const { upload, start } = useUpload(isKnown);
  const [source, setSource] = useState<Source>(before?.packageFile?.url ? 'vendor' : 'upload');
  const [vendor, setVendor] = useState(NO_VENDOR);
  const fetched = fetchedOf(vendor);
  const isOnItsWay = source === 'upload' && (upload.kind === 'reading' || upload.kind === 'sending');
  const isPackaged = source === 'vendor' ? fetched !== undefined : !isOnItsWay && upload.kind !== 'failed';
  const uploaded = upload.kind === 'there' ? upload.uploaded : undefined;
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
          packageFile: source === 'vendor' ? fetched : uploaded,
          ...scriptsInput(drafts),
          confirmImpact: software.reach,
          options: { ...said, expectedRevision: seen.revision },
        },
      })}
      isReady={version.trim() !== '' && isWhole(drafts, scripts) && isPackaged}
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
          <PackageSource source={source} change={setSource} />
          {source === 'vendor' ? (
            <VendorFields draft={vendor} change={setVendor} errorOf={errorOf} />
          ) : (
            <PackageField upload={upload} start={start} error={errorOf('packageFile') ?? errorOf('packageFile.sha256') ?? errorOf('packageFile.fileName')} />
          )}
          <OwnScriptFields drafts={drafts} inherited={scripts} change={setDrafts} errorOf={errorOf} />
          {isOnItsWay && <p className="dimmed small">It can be published when the package has arrived.</p>}
          <Reach reach={software.reach} />
        </>
      )}
    </ChangeDialog>
  );
}
