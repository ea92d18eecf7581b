import { NumberInput, Select, Textarea } from '@mantine/core';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { INTERPRETERS, type ScriptDraft } from './script.ts';

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
      <Textarea
        label="Text"
        description={description}
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={draft.text}
        onChange={(event) => change({ ...draft, text: event.currentTarget.value })}
        error={errorOf(`${member}.text`) ?? errorOf(member)}
      />
    </fieldset>
  );
}
