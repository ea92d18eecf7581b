// Defines what a task can be told: all of its parameters at once, as the API takes them.
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { plural } from '~/kit/text/words.ts';
import { RunningAction } from '../../script/RunningAction.tsx';
import type { OfTask } from '../actions.tsx';
import { definitionOf, draftsOf } from './defining.ts';
import { defineParameters } from './mutations.ts';
import { ParameterList } from './ParameterList.tsx';
import type { Parameter } from './parameter.ts';

export function DefineParameters({ task, parameters }: OfTask & { parameters: readonly Parameter[] }) {
  return (
    <RunningAction
      of={{ ...task, parameters }}
      label={parameters.length === 0 ? 'Define parameters' : 'Change the parameters'}
      mutation="defineTaskParameters"
      document={defineParameters}
      begin={({ parameters }) => draftsOf(parameters)}
      words={({ name }) => ({
        title: `What deployments can tell ${name}`,
        verb: 'Save',
        means: 'All scripts of the task get the values. A default that changes counts for every deployment that says nothing, from the next session on.',
      })}
      input={(drafts, seen) => {
        const definition = definitionOf(drafts);
        const isSame = JSON.stringify(definition) === JSON.stringify(definitionOf(draftsOf(seen.parameters)));
        return definition && !isSame ? { parameters: definition } : undefined;
      }}
      places={(drafts) => drafts.map(({ key }) => key).join()}
      done={({ seen, fields, confirmImpact }) => {
        const before = definitionOf(draftsOf(seen.parameters));
        tell(
          `${seen.name} has ${plural(fields.length, 'parameter')} now`,
          before && <Undo document={defineParameters} input={{ id: seen.uuid, parameters: before, confirmImpact }} />,
        );
      }}
    >
      {(drafts, change, errorOf) => <ParameterList task={task.uuid} drafts={drafts} change={change} errorOf={errorOf} />}
    </RunningAction>
  );
}
