import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import type { Column } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { CreateCloudTask, RenameCloudTask } from './actions.tsx';

const cloudTasksQuery = graphql(
  `
    query CloudTasks($filter: CloudTaskFilter, $first: Int, $skip: Int, $asOf: AsOfInput) {
      cloudTasks(filter: $filter, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name revision may { ...May } changed { ...Changed } }
      }
    }
  `,
  [changeFragment, mayFragment],
);

type CloudTask = NonNullable<ResultOf<typeof cloudTasksQuery>['cloudTasks']>['nodes'][number];

const COLUMNS: readonly Column<CloudTask>[] = [
  { id: 'name', title: 'Name', width: 220, grows: 2, narrow: 'title', cell: ({ name }) => name },
  { id: 'changed', title: 'Changed', width: 220, narrow: 'line', cell: ({ changed }) => <Changed change={changed} /> },
  { id: 'change', title: 'Change', width: 110, grows: 0, cell: (cloudTask) => <RenameCloudTask cloudTask={cloudTask} /> },
];

export function CloudTasksPage() {
  const { name } = useSearch({ from: '/cloud-tasks' });
  const navigate = useNavigate({ from: '/cloud-tasks' });
  const list = useList(cloudTasksQuery, { filter: { nameContains: name } }, ({ cloudTasks }) => cloudTasks, ['CLOUD_TASK']);
  return (
    <ListPage
      title="Cloud tasks"
      list={list}
      actions={
        <>
          <Link to="/software">Software</Link>
          <CreateCloudTask />
        </>
      }
      filters={<TextFilter label="Name contains" value={name} onChange={(name) => void navigate({ search: { name }, replace: true })} />}
    >
      <RecordTable
        label="Cloud tasks"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        empty={
          name ? (
            <Empty title="No cloud task is called so">Take the filter away to see all of them.</Empty>
          ) : (
            <Empty title="There is no cloud task" action={<CreateCloudTask />}>
              A cloud task is something that is wanted of a tenant, not of a computer. Deployments say of which.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
