import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

const tasksFoundQuery = graphql(`
  query TasksFound($text: String!, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    tasks(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
    task(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name }
  }
`);

/** One task, by its name. */
export function TaskSelect(props: SearchSelectProps) {
  return <SearchSelect useFound={useTasks} {...props} />;
}

function useTasks({ text, value: id, isIdle }: Sought): Found {
  const variables = { text, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(tasksFoundQuery, variables, { concerns: ['TASK'], keep: true, pause: isIdle });
  return {
    options: (data?.tasks?.nodes ?? []).map(({ uuid, name }) => ({ value: uuid, label: name })),
    chosen: data?.task ? { value: data.task.uuid, label: data.task.name } : undefined,
    isReading,
  };
}
