// What can be done with a task of the catalogue.
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import { Action } from '~/kit/action/Action.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { type Dialog, DialogAction } from '~/kit/action/DialogAction.tsx';
import { ThingAction } from '~/kit/action/ThingAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { NameInput } from '~/kit/form/NameInput.tsx';
import { otherName } from '~/kit/form/name.ts';
import { type ChoiceWords, Radios } from '~/kit/form/Radios.tsx';
import { type Noted, WriteNotes } from '../notes/WriteNotes.tsx';
import type { Running } from '../script/RunningAction.tsx';
import type { Served } from './mode.ts';
import type { TaskScript } from './scripts.ts';

type Concurrency = ReturnType<typeof graphql.scalar<'TaskConcurrency'>>;

/** A task as its actions need it: as it was when they were opened. */
export interface TaskSeen extends Running, Noted, Served {
  scripts: readonly TaskScript[];
  concurrency: Concurrency;
}

export interface OfTask {
  task: TaskSeen;
}

const createTask = graphql(`
  mutation CreateTask($input: CreateTaskInput!) {
    createTask(input: $input) { task { uuid name } position userErrors { code message field } }
  }
`);

export function CreateTask() {
  const makes = useMakes();
  return (
    <DialogAction label="Add a task" may={makes('createTask')}>
      {(dialog) => <CreateDialog {...dialog} />}
    </DialogAction>
  );
}

function CreateDialog(dialog: Dialog) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  return (
    <ChangeDialog
      {...dialog}
      title="Add a task"
      label="Add it"
      document={createTask}
      variables={(options) => ({ input: { name: name.trim(), options } })}
      isReady={name.trim() !== ''}
      done={({ payload: { task } }) => {
        if (!task) return;
        tell(`${task.name} was added`, 'It has no script yet: write one.');
        void navigate({ to: '/tasks/$id', params: { id: task.uuid } });
      }}
    >
      {(errorOf) => <NameInput value={name} onChange={setName} error={errorOf('name')} data-autofocus />}
    </ChangeDialog>
  );
}

const renameTask = graphql(`
  mutation RenameTask($input: RenameTaskInput!) {
    renameTask(input: $input) { task { uuid name } position userErrors { code message field } }
  }
`);

export function RenameTask({ task }: OfTask) {
  return (
    <ThingAction
      of={task}
      label="Rename"
      mutation="renameTask"
      document={renameTask}
      begin={({ name }) => name}
      words={({ name }) => ({ title: `Rename ${name}` })}
      input={otherName}
      done={({ seen, fields }) =>
        tell(`${seen.name} is called ${fields.trim()} now`, <Undo document={renameTask} input={{ id: seen.uuid, name: seen.name }} />)
      }
    >
      {(name, change, errorOf) => <NameInput value={name} onChange={change} error={errorOf('name')} data-autofocus />}
    </ThingAction>
  );
}

const writeNotes = graphql(`
  mutation WriteTaskNotes($input: WriteTaskNotesInput!) {
    writeTaskNotes(input: $input) { task { uuid } position userErrors { code message field } }
  }
`);

export function WriteTaskNotes({ task }: OfTask) {
  return <WriteNotes of={task} what="the task" mutation="writeTaskNotes" document={writeNotes} />;
}

const chooseConcurrency = graphql(`
  mutation ChooseTaskConcurrency($input: ChooseTaskConcurrencyInput!) {
    chooseTaskConcurrency(input: $input) { task { uuid } position userErrors { code message field } }
  }
`);

const CONCURRENCIES: ChoiceWords<Concurrency> = {
  PARALLEL: { name: 'Any number of computers', means: 'Sessions wait for nobody.' },
  SERIAL: {
    name: 'One computer',
    means: 'One of the whole installation: for what joins a domain, or takes the next number of a list. The others wait for their turn, a day at most.',
  },
};

export function ChooseConcurrency({ task }: OfTask) {
  return (
    <ThingAction
      of={task}
      label="Choose how many at once"
      mutation="chooseTaskConcurrency"
      document={chooseConcurrency}
      begin={({ concurrency }) => concurrency}
      words={({ name }) => ({ title: `On how many computers ${name} is set at once`, verb: 'Choose', means: 'To test and to get waits for nobody.' })}
      input={(concurrency, seen) => (concurrency === seen.concurrency ? undefined : { concurrency })}
      done={({ seen, fields }) =>
        tell(
          `${seen.name} is set at once on: ${CONCURRENCIES[fields].name.toLowerCase()}`,
          <Undo document={chooseConcurrency} input={{ id: seen.uuid, concurrency: seen.concurrency }} />,
        )
      }
    >
      {(concurrency, change, errorOf) => (
        <Radios label="It is set at once on" words={CONCURRENCIES} value={concurrency} change={change} error={errorOf('concurrency')} />
      )}
    </ThingAction>
  );
}

/** Leads to a deployment that begins with the task; what serves no mode can only be left alone, and needs scripts first. */
export function DeployTask({ task: { uuid, modes } }: OfTask) {
  const navigate = useNavigate();
  const make = useMakes()('createDeployment');
  const may = modes.length > 0 || make?.isAllowed === false ? make : { isAllowed: false, reason: 'It has no script for any mode yet: write one first.' };
  return (
    <Action may={may} variant="filled" onClick={() => void navigate({ to: '/deployments/new', search: { task: uuid } })}>
      Deploy it
    </Action>
  );
}
