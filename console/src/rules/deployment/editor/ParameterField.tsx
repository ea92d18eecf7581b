// One parameter of a task: its field, and what is told where the deployment says nothing.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Parameter, titleOf } from '~/catalogue/task/parameter/parameter.ts';
import { ValueField } from '~/catalogue/task/parameter/ValueField.tsx';
import { isEmpty, isOfKind, type Value, valueWords } from '~/catalogue/task/parameter/value.ts';
import { ruleWords } from '~/catalogue/task/parameter/words.ts';
import css from './editor.module.css';
import { saidBy } from './telling.ts';

interface Props {
  parameter: Parameter;
  /** What the deployment tells; nothing where it says nothing. */
  value: Value | undefined;
  tell: (value: Value | undefined) => void;
  error: ReactNode;
}

export function ParameterField({ parameter, value, tell, error }: Props) {
  const { help, default: usual, isRequired } = parameter;
  return (
    <div>
      <ValueField
        of={parameter}
        label={<Title parameter={parameter} />}
        description={[help, ruleWords(parameter)].filter(Boolean).join(' ')}
        placeholder={usual ? `Default: ${valueWords(usual)}` : ''}
        required={isRequired && !usual}
        value={value}
        change={(value) => tell(saidBy(parameter, value))}
        error={error}
      />
      <Instead parameter={parameter} value={value} tell={tell} />
    </div>
  );
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

/** What is told in the place of what, where the field alone does not say it; and the way back. */
function Instead({ parameter: { kind, default: usual }, value, tell }: Omit<Props, 'error'>) {
  if (!value) return null;
  const words = insteadWords(kind, value, usual);
  if (!words) return null;
  return (
    <p className={`dimmed small break ${css.instead}`}>
      {words}{' '}
      <Button size="compact-xs" onClick={() => tell(undefined)}>
        {usual ? 'Take the default' : 'Leave it out'}
      </Button>
    </p>
  );
}

function insteadWords(kind: Parameter['kind'], value: Value, usual: Value | undefined): string | undefined {
  if (!isOfKind(kind, value)) return `It is told ${valueWords(value)}, which is of another kind.`;
  const instead = usual && `in place of the default, ${valueWords(usual)}.`;
  if (isEmpty(value)) return `It is told ${'text' in value ? 'an empty text' : 'no choice at all'}${instead ? `, ${instead}` : '.'}`;
  return instead && `I${instead.slice(1)}`;
}
