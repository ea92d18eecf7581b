// One parameter of a task: its field, and what is told where the deployment says nothing.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Parameter, titleOf } from '~/catalogue/task/parameter/parameter.ts';
import { ValueField } from '~/catalogue/task/parameter/ValueField.tsx';
import { isEmpty, isOfKind, type SecretNames, type Value, valueWords } from '~/catalogue/task/parameter/value.ts';
import { ruleWords } from '~/catalogue/task/parameter/words.ts';
import type { Draft } from './draft.ts';
import css from './editor.module.css';
import { SecretField } from './SecretField.tsx';
import { saidBy } from './telling.ts';

interface Props {
  parameter: Parameter;
  /** What the deployment tells; nothing where it says nothing. */
  value: Value | undefined;
  tell: (value: Value | undefined) => void;
  error: ReactNode;
  /** Whose computers it is told for decides which secrets can be. */
  draft: Draft;
  names: SecretNames;
}

export function ParameterField({ parameter, value, tell, error, draft, names }: Props) {
  const { kind, help, default: usual, isRequired } = parameter;
  return (
    <div>
      {kind === 'SECRET' ? (
        <SecretField parameter={parameter} label={<Title parameter={parameter} />} value={value} tell={tell} error={error} draft={draft} />
      ) : (
        <ValueField
          of={{ ...parameter, kind }}
          label={<Title parameter={parameter} />}
          description={[help, ruleWords(parameter)].filter(Boolean).join(' ')}
          placeholder={usual ? `Default: ${valueWords(usual)}` : ''}
          required={isRequired && !usual}
          value={value}
          change={(value) => tell(saidBy(parameter, value))}
          error={error}
        />
      )}
      <Instead parameter={parameter} value={value} tell={tell} names={names} />
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
function Instead({ parameter: { kind, default: usual }, value, tell, names }: Omit<Props, 'error' | 'draft'>) {
  if (!value) return null;
  const words = insteadWords(kind, value, usual, names);
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

function insteadWords(kind: Parameter['kind'], value: Value, usual: Value | undefined, names: SecretNames): string | undefined {
  if (!isOfKind(kind, value)) return `It is told ${valueWords(value, names)}, which is of another kind.`;
  const instead = usual && `in place of the default, ${valueWords(usual)}.`;
  if (isEmpty(value)) return `It is told ${'text' in value ? 'an empty text' : 'no choice at all'}${instead ? `, ${instead}` : '.'}`;
  return instead && `I${instead.slice(1)}`;
}
