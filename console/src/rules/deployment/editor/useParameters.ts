// What a task can be told, as the task defines it now.
import { useMemo } from 'react';
import { type Parameter, parameterFragment, parametersIn } from '~/catalogue/task/parameter/parameter.ts';
import type { Failure } from '~/kit/api/failure.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import type { Item } from './draft.ts';

const parametersQuery = graphql(
  `
    query ParametersToTell($id: ID!, $asOf: AsOfInput) { task(id: $id, asOf: $asOf) { parameters { ...ParameterOfTask } } }
  `,
  [parameterFragment],
);

export interface TaskParameters {
  /** Nothing of what is no task, of a task out of sight, and while it is not read. */
  known: readonly Parameter[] | undefined;
  failure: Failure | undefined;
  again: () => void;
}

export function useParameters(item: Item | undefined): TaskParameters {
  const id = item?.kind === 'task' ? item.id : undefined;
  const { data, failure, again } = usePage(parametersQuery, { id: id ?? '' }, { concerns: ['TASK'], pause: id === undefined });
  const task = id === undefined ? undefined : data?.task;
  const known = useMemo(() => task && parametersIn(task.parameters), [task]);
  return { known: known ?? undefined, failure: id === undefined ? undefined : failure, again };
}
