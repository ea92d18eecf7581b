// A value of a parameter: the field of its kind.
import { MultiSelect, Select, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { NumberField } from '~/kit/form/NumberField.tsx';
import type { Parameter, ParameterKind } from './parameter.ts';
import { type Value, valueWords } from './value.ts';

/** A secret is chosen, and nothing but where it is told. */
export type WrittenKind = Exclude<ParameterKind, 'SECRET'>;

interface Field {
  label: ReactNode;
  description?: ReactNode;
  placeholder?: string;
  required?: boolean;
  error?: ReactNode;
}

interface Props extends Field {
  of: Pick<Parameter, 'isWhole' | 'choices'> & { kind: WrittenKind };
  value: Value | undefined;
  /** An emptied text and an emptied list are values too: what they mean is known by whoever hears it. */
  change: (value: Value | undefined) => void;
}

/** Of a value of another kind nothing is shown: it is none of this field. */
export function ValueField({ of: { kind, isWhole, choices }, value, change, ...field }: Props) {
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
          onChange={(event) => change({ text: event.currentTarget.value })}
        />
      );
    case 'NUMBER':
      return (
        <NumberField
          {...field}
          isWhole={isWhole === true}
          value={value && 'number' in value ? value.number : undefined}
          change={(number) => change(number === undefined ? undefined : { number })}
        />
      );
    case 'BOOLEAN':
      return (
        <Select
          {...field}
          data={[
            { value: 'yes', label: 'Yes' },
            { value: 'no', label: 'No' },
          ]}
          value={value && 'boolean' in value ? valueWords(value) : null}
          onChange={(chosen) => change(chosen === null ? undefined : { boolean: chosen === 'yes' })}
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
          onChange={(chosen) => change(chosen === null ? undefined : { text: chosen })}
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
          placeholder={chosen.length === 0 ? (field.placeholder ?? '') : ''}
          searchable
          data={all}
          value={chosen}
          // In the order of the task, whatever was chosen first.
          onChange={(chosen) => change({ choices: all.filter((choice) => chosen.includes(choice)) })}
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
  return [...new Set([...all, ...chosen])];
}
