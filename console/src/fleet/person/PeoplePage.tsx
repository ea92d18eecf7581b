import { getRouteApi, Link } from '@tanstack/react-router';
import { TagFilter } from '~/fleet/tag/TagsField.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { AddPerson } from './actions.tsx';

const peopleQuery = graphql(`
  query People($filter: PersonFilter, $orderBy: PersonOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    people(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes { uuid name upn tags tenant { uuid name } computers(first: 2) { totalCount nodes { uuid name } } }
    }
  }
`);

type Person = NonNullable<ResultOf<typeof peopleQuery>['people']>['nodes'][number];

const COLUMNS: readonly Column<Person>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 180,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/people/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  { id: 'upn', title: 'User principal name', width: 200, grows: 2, narrow: 'line', cell: ({ upn }) => upn ?? <span className="dimmed">none</span> },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 140,
    narrow: 'line',
    cell: ({ tenant }) =>
      tenant && (
        <Link to="/tenants/$id" params={{ id: tenant.uuid }}>
          {tenant.name}
        </Link>
      ),
  },
  { id: 'computers', title: 'Computers', width: 180, cell: Computers },
  { id: 'tags', title: 'Tags', width: 120, cell: ({ tags }) => tags.join(', ') },
];

function Computers({ computers: { nodes, totalCount } }: Person) {
  const more = (totalCount ?? 0) - nodes.length;
  return `${nodes.map(({ name }) => name).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const route = getRouteApi('/people');

export function PeoplePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const order = orderOf(COLUMNS, search.order);
  const filter = { textContains: search.name, tenantId: search.tenant, tag: search.tag };
  const list = useList(peopleQuery, { filter, orderBy: order as never }, ({ people }) => people, ['PERSON', 'TENANT', 'COMPUTER']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const isFiltered = search.name ?? search.tenant ?? search.tag;
  return (
    <ListPage
      title="People"
      list={list}
      actions={<AddPerson tenantId={search.tenant} />}
      filters={
        <>
          <TextFilter label="Name or user principal name" width={200} value={search.name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Every tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} />
          <TagFilter value={search.tag} onChange={(tag) => change({ tag })} />
        </>
      }
    >
      <RecordTable
        label="People"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/people/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        empty={
          isFiltered ? (
            <Empty title="Nobody matches">Take a filter away.</Empty>
          ) : (
            <Empty title="Nobody is known yet" action={<AddPerson tenantId={undefined} />}>
              People work for a tenant; deployments reach them through the computers whose primary person they are.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
