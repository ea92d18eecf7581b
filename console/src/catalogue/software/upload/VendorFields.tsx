// A package that agents fetch by themselves: its address, and the digest by which it is known.
import { TextInput } from '@mantine/core';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { NumberField } from '~/kit/form/NumberField.tsx';
import { nameIn, type VendorDraft, wrongDigest } from './vendor.ts';

interface Props {
  draft: VendorDraft;
  change: (draft: VendorDraft) => void;
  errorOf: ErrorOf;
}

export function VendorFields({ draft, change, errorOf }: Props) {
  const { url, sha256, fileName, size } = draft;
  return (
    <>
      <TextInput
        label="Address"
        description="By https. Everybody who sees the catalogue sees it: upload what takes a password or a key."
        placeholder="https://"
        type="url"
        required
        maxLength={2000}
        value={url}
        onChange={(event) => change({ ...draft, url: event.currentTarget.value })}
        error={errorOf('packageFile.url')}
      />
      <TextInput
        label="SHA-256"
        description="As its vendor says it. A file of another one is never given to a script."
        required
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
        value={sha256}
        onChange={(event) => change({ ...draft, sha256: event.currentTarget.value })}
        error={wrongDigest(sha256) ?? errorOf('packageFile.sha256')}
      />
      <TextInput
        label="File name"
        description="Under which scripts find it."
        placeholder={nameIn(url.trim())}
        required={url.trim() !== '' && nameIn(url.trim()) === ''}
        value={fileName}
        onChange={(event) => change({ ...draft, fileName: event.currentTarget.value })}
        error={errorOf('packageFile.fileName')}
      />
      <NumberField
        label="Size, in bytes"
        description="At most 16 GiB are fetched where nothing is said."
        isWhole
        allowNegative={false}
        value={size}
        change={(size) => change({ ...draft, size })}
        error={errorOf('packageFile.size')}
      />
    </>
  );
}
