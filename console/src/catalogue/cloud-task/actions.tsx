// What can be done with a cloud task.
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import type { Thing } from '~/kit/action/asking.ts';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';

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
      {(errorOf) => <NameInput value={name} onChange={setName} error={errorOf('name')} data-autofocus />}
    </ChangeDialog>
  );
}

const renameCloudTask = graphql(`
  mutation RenameCloudTask($input: RenameCloudTaskInput!) {
    renameCloudTask(input: $input) { cloudTask { uuid name } position userErrors { code message field } }
  }
`);

export interface CloudTaskSeen extends Thing {
  name: string | null;
}

export function RenameCloudTask({ cloudTask }: { cloudTask: CloudTaskSeen }) {
  return (
    <ThingAction
      of={cloudTask}
      label="Rename"
      isInRow
      mutation="renameCloudTask"
      document={renameCloudTask}
      begin={({ name }) => name ?? ''}
      words={({ name }) => ({ title: `Rename ${name ?? 'the cloud task'}` })}
      input={otherName}
      done={({ seen, fields }) =>
        tell(`It is called ${fields.trim()} now`, seen.name && <Undo document={renameCloudTask} input={{ id: seen.uuid, name: seen.name }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </ThingAction>
  );
}
