import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { graphql } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Order, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { truth } from '~/kit/url/search.ts';
import { CreateSoftware } from './actions.tsx';
import { COLUMNS, listedFragment } from './columns.tsx';
import { SoftwareFilters } from './SoftwareFilters.tsx';

const catalogueQuery = graphql(
  `
    query Catalogue($filter: SoftwareFilter, $orderBy: SoftwareOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
      catalogue(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) { totalCount nodes { ...ListedSoftware } }
    }
  `,
  [listedFragment],
);

const BY_NAME: Order = { field: 'NAME', direction: 'ASC' };

export function CataloguePage() {
  const search = useSearch({ from: '/software' });
  const navigate = useNavigate({ from: '/software' });
  const { text, whose, source, withdrawn } = search;
  const order = orderOf(COLUMNS, search.order) ?? BY_NAME;
  const filter = { textContains: text, ownership: whose, source, isWithdrawn: truth(withdrawn) };
  const list = useList(catalogueQuery, { filter, orderBy: order as never }, ({ catalogue }) => catalogue, ['SOFTWARE', 'DEPLOYMENT', 'COMPUTER']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const isFiltered = text !== undefined || whose !== undefined || source !== undefined || withdrawn !== undefined;
  return (
    <ListPage
      title="Software"
      list={list}
      actions={
        <>
          <Link to="/software/sources">Sources</Link>
          <Link to="/cloud-tasks">Cloud tasks</Link>
          <CreateSoftware />
        </>
      }
      filters={<SoftwareFilters search={search} change={change} position={list.shown.position} />}
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
          isFiltered ? (
            <Empty title="No software is so">Take a filter away to see more of it.</Empty>
          ) : (
            <Empty title="There is no software yet" action={<CreateSoftware />}>
              A software says how to detect itself; its versions say how it comes onto a computer and off it. Take a catalogue over from{' '}
              <Link to="/software/sources">a source</Link>, or add one of your own.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
