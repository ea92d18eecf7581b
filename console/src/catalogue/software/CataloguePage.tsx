import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { CreateSoftware } from './actions.tsx';

const catalogueQuery = graphql(
  `
    query Catalogue($filter: SoftwareFilter, $orderBy: SoftwareOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
      catalogue(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name publisher latestVersion reach versions(first: 1) { totalCount } changed { ...Changed } }
      }
    }
  `,
  [changeFragment],
);

type Software = NonNullable<ResultOf<typeof catalogueQuery>['catalogue']>['nodes'][number];

const COLUMNS: readonly Column<Software>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/software/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  { id: 'publisher', title: 'Publisher', width: 140, narrow: 'line', cell: ({ publisher }) => publisher },
  { id: 'latest', title: 'Latest', width: 120, narrow: 'line', cell: ({ latestVersion }) => latestVersion ?? <Mark tone="warn">No version</Mark> },
  { id: 'versions', title: 'Versions', width: 80, grows: 0, isNumber: true, cell: ({ versions }) => versions.totalCount },
  {
    id: 'reach',
    title: 'Runs on',
    width: 120,
    grows: 0,
    isNumber: true,
    narrow: 'line',
    cell: ({ reach }) => plural(reach, 'computer'),
  },
  { id: 'changed', title: 'Changed', width: 220, cell: ({ changed }) => <Changed change={changed} /> },
];

export function CataloguePage() {
  const search = useSearch({ from: '/software' });
  const navigate = useNavigate({ from: '/software' });
  const order = orderOf(COLUMNS, search.order);
  const list = useList(catalogueQuery, { filter: { nameContains: search.name }, orderBy: order as never }, ({ catalogue }) => catalogue, [
    'SOFTWARE',
    'DEPLOYMENT',
    'COMPUTER',
  ]);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const rename = useDebouncedCallback((name: string) => change({ name: name || undefined }), 200);
  return (
    <ListPage
      title="Software"
      list={list}
      actions={
        <>
          <Link to="/cloud-tasks">Cloud tasks</Link>
          <CreateSoftware />
        </>
      }
      filters={
        <TextInput aria-label="Name contains" placeholder="Name contains…" defaultValue={search.name} onChange={(event) => rename(event.currentTarget.value)} />
      }
    >
      <RecordTable
        label="Software"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/software/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        empty={
          search.name ? (
            <Empty title="No software is called so">Take the filter away to see all of it.</Empty>
          ) : (
            <Empty title="The catalogue is empty" action={<CreateSoftware />}>
              A software says how to detect itself; its versions say how it comes onto a computer and off it.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
