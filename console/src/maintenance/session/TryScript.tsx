// Has a script run on one computer, once, before it is a part of the catalogue.
import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ScriptFields } from '~/catalogue/script/ScriptFields.tsx';
import { draftOf, isWritten } from '~/catalogue/script/script.ts';
import { valueWords } from '~/catalogue/task/parameter/value.ts';
import { ChangeDialog, type ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { Radios } from '~/kit/form/Radios.tsx';
import { type Asked, areNamed, MEANINGS, type Meaning, type Told, toldBy, usualTimeout } from './draft.ts';

const runScript = graphql(`
  mutation RunScript($input: RunScriptInput!) {
    runScript(input: $input) { session { uuid } userErrors { code message field } position }
  }
`);

interface Props extends Dialog {
  computer: { uuid: string; name: string };
  /** What was tried before. */
  before?: Asked | undefined;
}

export function TryScript({ computer, before, ...dialog }: Props) {
  const navigate = useNavigate();
  const [meaning, mean] = useState<Meaning>(before?.meaning ?? 'DETECTION');
  const [script, write] = useState(() => draftOf(before?.script));
  const [told, tell] = useState(() => (before ? toldBy(before) : []));
  const parameters = told.map(({ name, value }) => ({ name: name.trim(), value }));
  return (
    <ChangeDialog
      {...dialog}
      title={`Try a script on ${computer.name}`}
      label="Run it"
      document={runScript}
      variables={(options) => ({ input: { computerId: computer.uuid, meaning, script, parameters, options } })}
      isReady={isWritten(script) && areNamed(told)}
      places={JSON.stringify(told.map(({ name }) => name))}
      done={({ payload: { session } }) => session && void navigate({ to: '/sessions/$id', params: { id: session.uuid } })}
    >
      {(errorOf) => (
        <>
          <p className="small">
            It runs once, as the computer’s system account, as soon as no other session runs there. It becomes no software and no task, and counts for nothing;
            what it changes on the computer stays changed.
          </p>
          <Radios label="It is meant as" words={MEANINGS} value={meaning} change={mean} error={errorOf('meaning')} />
          <ScriptFields
            legend="Script"
            member="script"
            description="What it prints is for people; what it answers is read as that of a published script."
            draft={script}
            change={write}
            errorOf={errorOf}
            usualTimeout={usualTimeout(meaning)}
          />
          <ToldFields told={told} change={tell} errorOf={errorOf} />
        </>
      )}
    </ChangeDialog>
  );
}

interface ToldProps {
  told: readonly Told[];
  change: (told: Told[]) => void;
  errorOf: ErrorOf;
}

/** The most that one script is told (schema.graphql, `ScriptDraft`). */
const MOST = 50;

/** What the script is told, as texts: nothing defines its parameters yet. */
function ToldFields({ told, change, errorOf }: ToldProps) {
  const replace = (place: number, one: Partial<Told>) => change(told.map((before, at) => (at === place ? { ...before, ...one } : before)));
  return (
    <fieldset className="card stack">
      <legend className="small">
        <strong>Parameters</strong>
      </legend>
      {told.map(({ name, value }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is nothing but its place until it has a name
        <div key={place} className="bar">
          <TextInput
            label="Name"
            withAsterisk
            value={name}
            onChange={(event) => replace(place, { name: event.currentTarget.value })}
            error={errorOf(`parameters.${place}.name`)}
          />
          <TextInput
            label="Value"
            value={'text' in value ? value.text : valueWords(value)}
            onChange={(event) => replace(place, { value: { text: event.currentTarget.value } })}
            error={errorOf(`parameters.${place}.value`)}
          />
          <Button size="compact-xs" onClick={() => change(told.filter((_, at) => at !== place))} aria-label={`Remove the parameter ${name}`}>
            Remove
          </Button>
        </div>
      ))}
      <div>
        <Button size="compact-xs" disabled={told.length >= MOST} onClick={() => change([...told, { name: '', value: { text: '' } }])}>
          Add a parameter
        </Button>
      </div>
    </fieldset>
  );
}
