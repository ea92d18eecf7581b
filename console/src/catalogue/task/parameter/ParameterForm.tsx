// One parameter of a task while it is being defined.
import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { NumberField } from '~/kit/form/NumberField.tsx';
import { grouped } from '~/kit/text/words.ts';
import { choicesIn, type Drafts, hasChoices, type ParameterDraft } from './defining.ts';
import css from './parameter.module.css';
import { ShownFields } from './ShownFields.tsx';
import { ValueField } from './ValueField.tsx';
import { isEmpty } from './value.ts';
import { KINDS, LONGEST_TEXT } from './words.ts';

const MEMBERS = ['name', 'label', 'help', 'kind', 'maxChars', 'pattern', 'min', 'max', 'isWhole', 'choices', 'isRequired', 'default', 'shownWhen'] as const;

export interface ParameterErrors extends Partial<Record<(typeof MEMBERS)[number], ReactNode>> {
  isAny: boolean;
}

/** What the server says against the parameter at a place. */
export function errorsOf(errorOf: ErrorOf, place: number): ParameterErrors {
  const said = MEMBERS.map((member) => [member, errorOf(`parameters.${place}.${member}`)] as const);
  return { ...Object.fromEntries(said), isAny: said.some(([, error]) => Boolean(error)) };
}

interface Props {
  draft: ParameterDraft;
  drafts: Drafts;
  change: (draft: ParameterDraft) => void;
  errors: ParameterErrors;
}

export function ParameterForm({ draft, drafts, change, errors }: Props) {
  const { name, label, help, kind, isRequired, default: usual } = draft;
  const put = (part: Partial<ParameterDraft>) => change({ ...draft, ...part });
  return (
    <div className={css.form}>
      <div className={css.fields}>
        <TextInput
          label="Name"
          description="In scripts: a letter, then letters, digits and underscores."
          required
          maxLength={64}
          spellCheck={false}
          autoComplete="off"
          value={name}
          onChange={(event) => put({ name: event.currentTarget.value })}
          error={errors.name}
          data-autofocus
        />
        <TextInput
          label="Label"
          description="What people are shown in place of the name."
          value={label}
          onChange={(event) => put({ label: event.currentTarget.value })}
          error={errors.label}
        />
      </div>
      <Textarea
        label="Help"
        description="What people should know of it."
        autosize
        maxRows={6}
        maxLength={1000}
        value={help}
        onChange={(event) => put({ help: event.currentTarget.value })}
        error={errors.help}
      />
      <Select
        label="Kind"
        data={(Object.keys(KINDS) as ParameterDraft['kind'][]).map((value) => ({ value, label: KINDS[value] }))}
        allowDeselect={false}
        value={kind}
        onChange={(kind) => kind && put({ kind })}
        error={errors.kind}
      />
      <RuleFields draft={draft} put={put} errors={errors} />
      {kind === 'SECRET' ? (
        <p className="dimmed small">
          Each deployment tells one of the secrets that are kept; there is no default. Its scripts get what it is, and wherever they print it, it is masked.
        </p>
      ) : (
        <ValueField
          of={{ kind, isWhole: draft.isWhole, choices: choicesIn(draft) }}
          label="Default"
          description="What scripts are told where a deployment says nothing."
          value={usual}
          change={(value) => put({ default: value && !isEmpty(value) ? value : undefined })}
          error={errors.default}
        />
      )}
      <Checkbox
        size="xs"
        label="Required"
        description={kind === 'SECRET' ? 'A deployment has to tell one.' : "It needs a value: the deployment's, or the default."}
        checked={isRequired}
        onChange={(event) => put({ isRequired: event.currentTarget.checked })}
        error={errors.isRequired}
      />
      <ShownFields draft={draft} drafts={drafts} put={put} error={errors.shownWhen} />
    </div>
  );
}

interface RuleProps extends Pick<Props, 'draft' | 'errors'> {
  put: (part: Partial<ParameterDraft>) => void;
}

/** Which values of its kind fit. */
function RuleFields({ draft, put, errors }: RuleProps) {
  const { kind, maxChars, pattern, min, max, isWhole, choices } = draft;
  if (kind === 'TEXT') {
    return (
      <div className={css.fields}>
        <NumberField
          label="Most characters"
          description={`${grouped(LONGEST_TEXT)} at most.`}
          placeholder={String(LONGEST_TEXT)}
          isWhole
          value={maxChars}
          change={(maxChars) => put({ maxChars })}
          error={errors.maxChars}
        />
        <TextInput
          label="Pattern"
          description="A regular expression that matches all of it."
          placeholder="Any text"
          spellCheck={false}
          maxLength={500}
          value={pattern}
          onChange={(event) => put({ pattern: event.currentTarget.value })}
          error={errors.pattern}
        />
      </div>
    );
  }
  if (kind === 'NUMBER') {
    return (
      <>
        <div className={css.fields}>
          <NumberField label="At least" value={min} change={(min) => put({ min })} error={errors.min} />
          <NumberField label="At most" value={max} change={(max) => put({ max })} error={errors.max} />
        </div>
        <Checkbox
          size="xs"
          label="A whole number"
          checked={isWhole}
          onChange={(event) => put({ isWhole: event.currentTarget.checked })}
          error={errors.isWhole}
        />
      </>
    );
  }
  if (!hasChoices(kind)) return null;
  return (
    <Textarea
      label="Choices"
      description="One a line, in the order in which they are offered."
      required
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      value={choices}
      onChange={(event) => put({ choices: event.currentTarget.value })}
      error={errors.choices}
    />
  );
}
