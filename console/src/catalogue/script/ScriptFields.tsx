import { Input, Loader, NumberInput, Select } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { INTERPRETERS, type ScriptDraft } from './script.ts';

const ScriptEditor = lazy(() => import('./ScriptEditor.tsx'));

/** The longest that a script may take, in seconds (schema.graphql, `ScriptInput`). */
const LONGEST = 86_400;

interface Props {
  legend: string;
  /** Its member of the input, for what the server says against it. */
  member: string;
  description: string;
  draft: ScriptDraft;
  change: (draft: ScriptDraft) => void;
  errorOf: ErrorOf;
  /** What the server takes for a time limit that is not given, in seconds. */
  usualTimeout: number;
}

/** A script as it is written: its program, its text, how long it may take. */
export function ScriptFields({ legend, member, description, draft, change, errorOf, usualTimeout }: Props) {
  const error = errorOf(`${member}.text`) ?? errorOf(member);
  return (
    <fieldset className="card stack">
      <legend className="small">
        <strong>{legend}</strong>
      </legend>
      <div className="bar">
        <Select
          label="Program"
          data={[...INTERPRETERS]}
          allowDeselect={false}
          value={draft.interpreter}
          onChange={(interpreter) => interpreter && change({ ...draft, interpreter })}
          error={errorOf(`${member}.interpreter`)}
        />
        <NumberInput
          label="May take, in seconds"
          placeholder={String(usualTimeout)}
          min={1}
          max={LONGEST}
          allowDecimal={false}
          hideControls
          value={draft.timeoutSeconds ?? ''}
          onChange={(seconds) => change({ ...draft, timeoutSeconds: typeof seconds === 'number' ? seconds : undefined })}
          error={errorOf(`${member}.timeoutSeconds`)}
        />
      </div>
      <Input.Wrapper label="Text" labelElement="div" description={description} error={error}>
        <Suspense fallback={<Loader size="xs" />}>
          <ScriptEditor
            label="Text"
            interpreter={draft.interpreter}
            text={draft.text}
            onChange={(text) => change({ ...draft, text })}
            isInvalid={error !== undefined}
          />
        </Suspense>
      </Input.Wrapper>
    </fieldset>
  );
}
