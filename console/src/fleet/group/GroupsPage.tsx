import { Select } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import type { Column } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { CreateGroup } from './actions.tsx';
import { KIND_WORDS, KINDS, type Kind } from './search.ts';

const groupsQuery = graphql(
  `
    query Groups($filter: GroupFilter, $first: Int, $skip: Int, $asOf: AsOfInput) {
      groups(filter: $filter, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name kind tenant { uuid name } members(first: 1) { totalCount } changed { ...Changed } }
      }
    }
  `,
  [changeFragment],
);

type Group = NonNullable<ResultOf<typeof groupsQuery>['groups']>['nodes'][number];

const COLUMNS: readonly Column<Group>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 200,
    grows: 2,
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/groups/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  { id: 'kind', title: 'Kind', width: 130, grows: 0, narrow: 'line', cell: ({ kind }) => KIND_WORDS[kind] },
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
  { id: 'members', title: 'Members', width: 90, grows: 0, isNumber: true, cell: ({ members }) => members.totalCount?.toLocaleString('en') },
  { id: 'changed', title: 'Changed', width: 220, cell: ({ changed }) => <Changed change={changed} /> },
];

const route = getRouteApi('/groups');

export function GroupsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = { nameContains: search.name, tenantId: search.tenant, kind: search.kind };
  const list = useList(groupsQuery, { filter }, ({ groups }) => groups, ['GROUP', 'TENANT', 'PERSON', 'COMPUTER']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const isFiltered = search.name ?? search.tenant ?? search.kind;
  return (
    <ListPage
      title="Groups"
      list={list}
      actions={<CreateGroup tenantId={search.tenant} />}
      filters={
        <>
          <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Every tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} />
          <Select
            aria-label="Kind"
            placeholder="Every kind"
            clearable
            clearButtonProps={{ 'aria-label': 'Every kind' }}
            data={KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))}
            value={search.kind ?? null}
            onChange={(kind) => change({ kind: (kind as Kind | null) ?? undefined })}
          />
        </>
      }
    >
      <RecordTable
        label="Groups"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/groups/$id', params: { id: uuid } })}
        empty={
          isFiltered ? (
            <Empty title="No group matches">Take a filter away.</Empty>
          ) : (
            <Empty title="There is no group" action={<CreateGroup tenantId={undefined} />}>
              A group of a directory or of an RMM chooses computers: deployments reach those of whoever is in it.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
