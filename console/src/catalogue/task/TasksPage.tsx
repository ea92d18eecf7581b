import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { capital, plural } from '~/kit/text/words.ts';
import { CreateTask } from './actions.tsx';
import { MODE_WORDS, MODES } from './mode.ts';

const tasksQuery = graphql(
  `
    query Tasks($filter: TaskFilter, $orderBy: TaskOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
      tasks(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name modes concurrency reach values(first: 1) { totalCount } changed { ...Changed } }
      }
    }
  `,
  [changeFragment],
);

type Task = NonNullable<ResultOf<typeof tasksQuery>['tasks']>['nodes'][number];

const COLUMNS: readonly Column<Task>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    grows: 3,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/tasks/$id" params={{ id: uuid }} title={name}>
        {name}
      </Link>
    ),
  },
  { id: 'modes', title: 'Can be', width: 220, narrow: 'line', cell: (task) => <Modes of={task} /> },
  {
    id: 'reach',
    title: 'Scripts run on',
    width: 120,
    grows: 0,
    isNumber: true,
    narrow: 'line',
    cell: ({ reach }) => plural(reach, 'computer'),
  },
  { id: 'values', title: 'Values', width: 90, grows: 0, isNumber: true, cell: (task) => <Values of={task} /> },
  { id: 'changed', title: 'Changed', width: 200, cell: ({ changed }) => <Changed change={changed} /> },
];

function Modes({ of: { modes, concurrency } }: { of: Task }) {
  if (modes.length === 0) return <Mark tone="warn">No script for any mode</Mark>;
  const words = capital(
    MODES.filter((mode) => modes.includes(mode))
      .map((mode) => MODE_WORDS[mode].done)
      .join(', '),
  );
  return concurrency === 'SERIAL' ? `${words}; one at a time` : words;
}

/** How many computers have told a value; nothing of what none is asked for one. */
function Values({ of: { uuid, values } }: { of: Task }) {
  if (!values.totalCount) return null;
  return (
    <Link to="/tasks/$id" params={{ id: uuid }} search={{ tab: 'values' }}>
      {values.totalCount}
    </Link>
  );
}

const CONCERNS = ['TASK', 'DEPLOYMENT', 'COMPUTER', 'MAINTENANCE_SESSION'];

export function TasksPage() {
  const search = useSearch({ from: '/tasks' });
  const navigate = useNavigate({ from: '/tasks' });
  const order = orderOf(COLUMNS, search.order);
  const list = useList(tasksQuery, { filter: { nameContains: search.name }, orderBy: order as never }, ({ tasks }) => tasks, CONCERNS);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="Tasks"
      list={list}
      actions={
        <>
          <Link to="/cloud-tasks">Cloud tasks</Link>
          <CreateTask />
        </>
      }
      filters={<TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} />}
    >
      <RecordTable
        label="Tasks"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/tasks/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        empty={
          search.name ? (
            <Empty title="No task is called so">Take the filter away to see all of them.</Empty>
          ) : (
            <Empty title="There is no task yet" action={<CreateTask />}>
              A task is something on a computer that is no software: a setting that scripts test and set, or a value that they read.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
