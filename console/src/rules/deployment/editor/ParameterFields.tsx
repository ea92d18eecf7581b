// What a task is told: a field for each parameter that it defines, and what is told besides and counts for nothing now.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { titleOf } from '~/catalogue/task/parameter/parameter.ts';
import { type Value, valueWords } from '~/catalogue/task/parameter/value.ts';
import { shownWords } from '~/catalogue/task/parameter/words.ts';
import { FieldError } from '~/kit/action/Errors.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { useNamesIn } from '../told.ts';
import { fitted } from './draft.ts';
import css from './editor.module.css';
import type { FieldsProps } from './fields.ts';
import { mistakeInTold, mistakeOfTold } from './mistakes.ts';
import { ParameterField } from './ParameterField.tsx';
import { tellingOf, withTold } from './telling.ts';
import type { TaskParameters } from './useParameters.ts';

export function ParameterFields({ draft, change, errors, parameters }: FieldsProps & { parameters: TaskParameters }) {
  const { item, desired, told } = fitted(draft);
  const { known, failure, again } = parameters;
  const of = mistakeOfTold(errors);
  // What it is told stays as it is until it is known what that means.
  const { shown, waiting, strange } = known ? tellingOf(known, told) : { shown: [], waiting: [], strange: [] };
  const names = useNamesIn(told);
  const tell = (name: string, value: Value | undefined) => change({ told: withTold(told, name, value) });
  const errorOf = (name: string) => {
    const error = mistakeInTold(
      errors,
      told.findIndex((one) => one.name === name),
    );
    return error && <FieldError error={error} />;
  };
  if (!known?.length && told.length === 0 && !failure && !of) return null;
  return (
    <section className="card stack">
      <h2>What the task is told</h2>
      {failure && (
        <div className="bar" role="alert">
          <span className="small break">
            What the task can be told could not be read: {failure.message} <span className="mono">({failure.code})</span>
          </span>
          <Button size="compact-xs" onClick={again}>
            Try again
          </Button>
        </div>
      )}
      {!item && <p className="dimmed small">You cannot see its task: what it is told stays as it is.</p>}
      {item && desired === 'IGNORED' && <p className="dimmed small">A task that is left alone is told nothing: what is said here waits.</p>}
      {shown.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          draft={draft}
          names={names}
          value={told.find(({ name }) => name === parameter.name)?.value}
          tell={(value) => tell(parameter.name, value)}
          error={errorOf(parameter.name)}
        />
      ))}
      {waiting.map(({ parameter, value }) => (
        <Aside key={parameter.name} leaveOut={() => tell(parameter.name, undefined)} error={errorOf(parameter.name)}>
          {titleOf(parameter)} waits: {valueWords(value, names)} is told only where {shownWords(parameter)}.
        </Aside>
      ))}
      {strange.map(({ name, value }) => (
        <Aside key={name} leaveOut={() => tell(name, undefined)} error={errorOf(name)}>
          The task has no parameter {name} any more, and is told {valueWords(value, names)} for it.
        </Aside>
      ))}
      {of && (
        <p className="small break" role="alert">
          <FieldError error={of} />
        </p>
      )}
      {item && known && known.length > 0 && (
        <p className="dimmed small">
          No passwords but in parameters of the kind secret: whoever sees the deployment sees what else it tells.{' '}
          <PathLink to={`/tasks/${item.id}`} search={{ tab: 'parameters' }}>
            Its parameters
          </PathLink>
        </p>
      )}
    </section>
  );
}

/** Something that is told and not asked for. */
function Aside({ children, leaveOut, error }: { children: ReactNode; leaveOut: () => void; error: ReactNode }) {
  return (
    <div className="small">
      <span className="break">{children}</span>{' '}
      <Button size="compact-xs" onClick={leaveOut}>
        Leave it out
      </Button>
      {error && (
        <p className={`break ${css.instead}`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
