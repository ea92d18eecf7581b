// One parameter of a task: the field of its kind, and what is told where the deployment says nothing.
import { Button, MultiSelect, NumberInput, Select, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { type Parameter, titleOf } from '~/catalogue/task/parameter/parameter.ts';
import { isEmpty, type Value, valueWords } from '~/catalogue/task/parameter/value.ts';
import { ruleWords } from '~/catalogue/task/parameter/words.ts';
import { saidBy } from './telling.ts';

interface Props {
  parameter: Parameter;
  /** What the deployment tells; nothing where it says nothing. */
  value: Value | undefined;
  tell: (value: Value | undefined) => void;
  error: ReactNode;
}

export function ParameterField({ parameter, value, tell, error }: Props) {
  return (
    <div>
      <Field parameter={parameter} value={value} tell={(value) => tell(saidBy(parameter, value))} error={error} />
      <Instead parameter={parameter} value={value} tell={tell} />
    </div>
  );
}

function Field({ parameter, value, tell, error }: Props) {
  const { kind, help, default: usual, isRequired, isWhole, choices } = parameter;
  const field = {
    label: <Title parameter={parameter} />,
    description: [help, ruleWords(parameter)].filter(Boolean).join(' '),
    placeholder: usual ? `Default: ${valueWords(usual)}` : '',
    required: isRequired && !usual,
    error,
  };
  switch (kind) {
    case 'TEXT':
      // As it is: lines and spaces are a part of it.
      return (
        <Textarea
          {...field}
          autosize
          maxRows={8}
          spellCheck={false}
          value={value && 'text' in value ? value.text : ''}
          onChange={(event) => tell({ text: event.currentTarget.value })}
        />
      );
    case 'NUMBER':
      return <NumberField {...field} isWhole={isWhole === true} value={value && 'number' in value ? value.number : undefined} tell={tell} />;
    case 'BOOLEAN':
      return (
        <Select
          {...field}
          data={[
            { value: 'yes', label: 'Yes' },
            { value: 'no', label: 'No' },
          ]}
          value={value && 'boolean' in value ? valueWords(value) : null}
          onChange={(chosen) => tell(chosen === null ? undefined : { boolean: chosen === 'yes' })}
          {...CLEARABLE}
        />
      );
    case 'CHOICE': {
      const chosen = value && 'text' in value ? value.text : null;
      return (
        <Select
          {...field}
          searchable
          data={offered(choices, chosen === null ? [] : [chosen])}
          value={chosen}
          onChange={(chosen) => tell(chosen === null ? undefined : { text: chosen })}
          {...CLEARABLE}
        />
      );
    }
    case 'MULTI_CHOICE': {
      const chosen = value && 'choices' in value ? value.choices : [];
      const all = offered(choices, chosen);
      return (
        <MultiSelect
          {...field}
          placeholder={chosen.length === 0 ? field.placeholder : ''}
          searchable
          data={all}
          value={chosen}
          // In the order of the task, whatever was chosen first.
          onChange={(chosen) => tell({ choices: all.filter((choice) => chosen.includes(choice)) })}
          {...CLEARABLE}
        />
      );
    }
  }
}

const CLEARABLE = { clearable: true, clearButtonProps: { 'aria-label': 'Take the choice away' } };

/** What was chosen before it was taken from the choices can be seen, and taken away. */
function offered(choices: readonly string[] | null, chosen: readonly string[]): string[] {
  const all = choices ?? [];
  return [...all, ...chosen.filter((choice) => !all.includes(choice))];
}

function Title({ parameter }: { parameter: Parameter }) {
  const title = titleOf(parameter);
  return (
    <>
      {title}
      {title !== parameter.name && <span className="dimmed mono small"> {parameter.name}</span>}
    </>
  );
}

interface NumberProps {
  label: ReactNode;
  description: string;
  placeholder: string;
  required: boolean;
  error: ReactNode;
  isWhole: boolean;
  value: number | undefined;
  tell: (value: Value | undefined) => void;
}

/** Who is at the "-" or the "1." of a number is not disturbed; what is no number is told to nobody, and gone once the field is left. */
function NumberField({ isWhole, value, tell, ...field }: NumberProps) {
  const [typed, setTyped] = useState<string | number>('');
  return (
    <NumberInput
      {...field}
      hideControls
      allowDecimal={!isWhole}
      clampBehavior="none"
      value={numberIn(typed) === value ? typed : (value ?? '')}
      onChange={(typed) => {
        setTyped(typed);
        const number = numberIn(typed);
        tell(number === undefined ? undefined : { number });
      }}
      onBlur={() => setTyped(value ?? '')}
    />
  );
}

function numberIn(typed: string | number): number | undefined {
  const number = typed === '' ? Number.NaN : Number(typed);
  return Number.isFinite(number) ? number : undefined;
}

/** What is told in the place of what, where the field alone does not say it; and the way back. */
function Instead({ parameter: { kind, default: usual }, value, tell }: Omit<Props, 'error'>) {
  if (!value) return null;
  const words = isStrange(kind, value)
    ? `It is told ${valueWords(value)}, which is of another kind.`
    : isEmpty(value)
      ? `It is told ${'text' in value ? 'an empty text' : 'no choice at all'}${usual ? `, in place of the default, ${valueWords(usual)}` : ''}.`
      : usual && `In place of the default, ${valueWords(usual)}.`;
  if (!words) return null;
  return (
    <p className="dimmed small break">
      {words}{' '}
      <Button size="compact-xs" onClick={() => tell(undefined)}>
        {usual ? 'Take the default' : 'Leave it out'}
      </Button>
    </p>
  );
}

const MEMBERS: Record<Parameter['kind'], string> = { TEXT: 'text', NUMBER: 'number', BOOLEAN: 'boolean', CHOICE: 'text', MULTI_CHOICE: 'choices' };

function isStrange(kind: Parameter['kind'], value: Value): boolean {
  return !(MEMBERS[kind] in value);
}
