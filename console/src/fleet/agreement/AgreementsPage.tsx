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
import { AddAgreement } from './actions.tsx';
import { periodWords } from './period.ts';

const agreementsQuery = graphql(
  `
    query Agreements($filter: AgreementFilter, $first: Int, $skip: Int, $asOf: AsOfInput) {
      agreements(filter: $filter, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name agreementType period { firstDay lastDay } tenant { uuid name } additions { product } changed { ...Changed } }
      }
    }
  `,
  [changeFragment],
);

type Agreement = NonNullable<ResultOf<typeof agreementsQuery>['agreements']>['nodes'][number];

const COLUMNS: readonly Column<Agreement>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 180,
    grows: 2,
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/agreements/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 130,
    narrow: 'line',
    cell: ({ tenant }) =>
      tenant && (
        <Link to="/tenants/$id" params={{ id: tenant.uuid }}>
          {tenant.name}
        </Link>
      ),
  },
  { id: 'type', title: 'Type', width: 150, narrow: 'line', cell: ({ agreementType }) => agreementType },
  { id: 'period', title: 'Counts', width: 190, cell: ({ period }) => periodWords(period) },
  { id: 'products', title: 'Products', width: 80, grows: 0, isNumber: true, cell: ({ additions }) => additions.length },
  { id: 'changed', title: 'Changed', width: 200, cell: ({ changed }) => <Changed change={changed} /> },
];

const route = getRouteApi('/agreements');

export function AgreementsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = { nameContains: search.name, tenantId: search.tenant };
  const list = useList(agreementsQuery, { filter }, ({ agreements }) => agreements, ['AGREEMENT', 'TENANT']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="Agreements"
      list={list}
      actions={<AddAgreement tenantId={search.tenant} />}
      filters={
        <>
          <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Every tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} />
        </>
      }
    >
      <RecordTable
        label="Agreements"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/agreements/$id', params: { id: uuid } })}
        empty={
          (search.name ?? search.tenant) ? (
            <Empty title="No agreement matches">Take a filter away.</Empty>
          ) : (
            <Empty title="There is no agreement" action={<AddAgreement tenantId={undefined} />}>
              An agreement says what a tenant pays for; deployments can reach the tenants that have one of a type, or a product on one.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
