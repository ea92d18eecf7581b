// What deployments can tell a task, in the order in which people are asked.
import { Actions } from '~/kit/action/Actions.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import css from '../../script/script.module.css';
import type { OfTask } from '../actions.tsx';
import { DefineParameters } from './DefineParameters.tsx';
import { type Parameter, titleOf } from './parameter.ts';
import { valueWords } from './value.ts';
import { KINDS, ruleWords, shownWords } from './words.ts';

export function ParametersTab({ task, parameters }: OfTask & { parameters: readonly Parameter[] }) {
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={css.heading}>Parameters</h2>
        <span className="grow" />
        <Actions>
          <DefineParameters task={task} parameters={parameters} />
        </Actions>
      </div>
      <p className="small">
        What differs from customer to customer: a deployment tells a value, and all scripts of the task get it. Where it says nothing they get the default, as
        it is when a session is planned.
      </p>
      {parameters.length === 0 ? (
        <p className="dimmed small">It has none: its scripts do the same wherever they run.</p>
      ) : (
        <Wide label="Parameters">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Parameter</th>
                <th scope="col">Takes</th>
                <th scope="col">Default</th>
                <th scope="col">Asked for</th>
              </tr>
            </thead>
            <tbody>
              {parameters.map((parameter) => (
                <Row key={parameter.name} parameter={parameter} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  );
}

function Row({ parameter }: { parameter: Parameter }) {
  const { name, help, kind, choices, isRequired, default: usual } = parameter;
  const title = titleOf(parameter);
  const shown = shownWords(parameter);
  return (
    <tr>
      <th scope="row">
        {title} {title !== name && <span className="dimmed mono small">{name}</span>}
        {help && <div className="dimmed small break">{help}</div>}
      </th>
      <td>
        {KINDS[kind]}
        {choices && `: ${choices.join(', ')}`}
        <div className="dimmed small break">{ruleWords(parameter)}</div>
      </td>
      <td className="break">{usual ? valueWords(usual) : <span className="dimmed">none</span>}</td>
      <td>
        {isRequired ? 'required' : 'optional'}
        {shown && <div className="dimmed small break">where {shown}</div>}
      </td>
    </tr>
  );
}
