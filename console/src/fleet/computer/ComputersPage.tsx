import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { TaskSelect } from '~/catalogue/task/TaskSelect.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { ColumnMenu } from '~/kit/table/ColumnMenu.tsx';
import { chosen, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useSelection } from '~/kit/table/selection.ts';
import { useList } from '~/kit/table/useList.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { BulkActions } from './BulkActions.tsx';
import { ComputerFilters } from './ComputerFilters.tsx';
import { COLUMNS, computerRowFragment } from './columns.tsx';
import { ExportButton } from './ExportButton.tsx';
import { filterOf, isFiltered } from './matching.ts';
import { valueFragment, withValue } from './value.tsx';

const computersQuery = graphql(
  `
  query Computers($filter: ComputerFilter, $orderBy: ComputerOrder, $value: ID, $isValue: Boolean!, $first: Int, $skip: Int, $asOf: AsOfInput) {
    computers(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes { ...ComputerRow ...ValueOfComputer }
    }
  }
`,
  [computerRowFragment, valueFragment],
);

const CONCERNS = ['COMPUTER', 'TENANT', 'PERSON', 'AGENT'];
/** Values come by sessions. */
const VALUED_CONCERNS = [...CONCERNS, 'MAINTENANCE_SESSION', 'TASK', 'DEPLOYMENT'];

export function ComputersPage() {
  const search = useSearch({ from: '/computers' });
  const navigate = useNavigate({ from: '/computers' });
  const order = orderOf(COLUMNS, search.order);
  const filter = filterOf(search);
  const isValue = search.value !== undefined;
  const variables = { filter, orderBy: order as never, value: search.value, isValue };
  const list = useList(computersQuery, variables, ({ computers }) => computers, isValue ? VALUED_CONCERNS : CONCERNS);
  const selection = useSelection();
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });

  // What is chosen is chosen among what is in view: other filters, another choice.
  const matched = JSON.stringify(filter);
  const { clear } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filters, as text
  useEffect(clear, [matched, clear]);

  const nameOf = (id: string) => [...list.shown.pages.values()].flat().find(({ uuid }) => uuid === id)?.name;

  return (
    <ListPage
      title="Computers"
      list={list}
      actions={
        <>
          <BulkActions selection={selection} total={list.shown.total ?? 0} filter={filter} nameOf={nameOf} />
          <TaskSelect
            aria-label="Task whose value is a column"
            placeholder="Value of a task"
            w={150}
            value={search.value}
            onChange={(value) => change({ value })}
          />
          <ColumnMenu columns={COLUMNS} ids={search.columns} choose={(columns) => change({ columns })} />
          <ExportButton filter={filter} orderBy={order} value={search.value} />
        </>
      }
      filters={<ComputerFilters search={search} filter={filter} position={list.shown.position} change={change} />}
    >
      <RecordTable
        label="Computers"
        list={list}
        columns={isValue ? withValue(chosen(COLUMNS, search.columns)) : chosen(COLUMNS, search.columns)}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/computers/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        selection={selection}
        empty={
          isFiltered(filter) ? (
            <Empty title="No computer matches">Take a filter away, or clear them all.</Empty>
          ) : (
            <Empty title="There is no computer yet" action={<PathLink to="/agents/enrol">Enrol the first one</PathLink>}>
              A computer appears once an agent on it has enrolled and told what it is.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
