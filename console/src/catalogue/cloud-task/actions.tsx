// What can be done with a cloud task.
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';

const createCloudTask = graphql(`
  mutation CreateCloudTask($input: CreateCloudTaskInput!) {
    createCloudTask(input: $input) { cloudTask { uuid name } position userErrors { code message field } }
  }
`);

export function CreateCloudTask() {
  const makes = useMakes();
  return (
    <DialogAction label="Add a cloud task" may={makes('createCloudTask')}>
      {(dialog) => <CreateDialog {...dialog} />}
    </DialogAction>
  );
}

function CreateDialog(dialog: Dialog) {
  const [name, setName] = useState('');
  return (
    <ChangeDialog
      {...dialog}
      title="Add a cloud task"
      label="Add it"
      document={createCloudTask}
      variables={(options) => ({ input: { name: name.trim(), options } })}
      isReady={name.trim() !== ''}
      done={() => tell(`${name.trim()} was added`, 'A deployment says which tenants it is for.')}
    >
      {(errorOf) => (
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} data-autofocus />
      )}
    </ChangeDialog>
  );
}

const renameCloudTask = graphql(`
  mutation RenameCloudTask($input: RenameCloudTaskInput!) {
    renameCloudTask(input: $input) { cloudTask { uuid name } position userErrors { code message field } }
  }
`);

export interface CloudTaskSeen {
  uuid: string;
  name: string | null;
  revision: number;
  may: May;
}

export function RenameCloudTask({ cloudTask }: { cloudTask: CloudTaskSeen }) {
  return (
    <DialogAction label="Rename" isInRow may={possible(cloudTask.may, 'renameCloudTask')}>
      {(dialog) => <RenameDialog {...dialog} cloudTask={cloudTask} />}
    </DialogAction>
  );
}

function RenameDialog({ cloudTask, ...dialog }: Dialog & { cloudTask: CloudTaskSeen }) {
  const [seen] = useState(cloudTask);
  const [name, setName] = useState(seen.name ?? '');
  return (
    <ChangeDialog
      {...dialog}
      title={`Rename ${seen.name ?? 'the cloud task'}`}
      label="Rename"
      document={renameCloudTask}
      variables={(said) => ({ input: { id: seen.uuid, name: name.trim(), options: { ...said, expectedRevision: seen.revision } } })}
      isReady={name.trim() !== '' && name.trim() !== seen.name}
      done={() => tell(`It is called ${name.trim()} now`)}
    >
      {(errorOf) => (
        <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} error={errorOf('name')} data-autofocus />
      )}
    </ChangeDialog>
  );
}
