import { Checkbox } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import type { Column } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { useNow } from '~/kit/time/clock.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { CreateToken, RevokeToken } from './actions.tsx';
import { roleOf } from './roles.ts';

const tokensQuery = graphql(
  `
    query Tokens($filter: ApiTokenFilter, $first: Int, $skip: Int, $asOf: AsOfInput) {
      apiTokens(filter: $filter, first: $first, skip: $skip, asOf: $asOf) {
        totalCount
        nodes { uuid name role isRevoked expiresAt revision may { ...May } tenant { uuid name } created { ...Changed } }
      }
    }
  `,
  [changeFragment, mayFragment],
);

type Token = NonNullable<ResultOf<typeof tokensQuery>['apiTokens']>['nodes'][number];

const COLUMNS: readonly Column<Token>[] = [
  { id: 'name', title: 'Name', width: 180, grows: 2, narrow: 'title', cell: ({ name }) => name },
  { id: 'role', title: 'Role', width: 130, grows: 0, narrow: 'line', cell: ({ role }) => roleOf(role)?.label ?? role },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 130,
    cell: ({ tenant, role }) =>
      tenant ? (
        <Link to="/tenants/$id" params={{ id: tenant.uuid }}>
          {tenant.name}
        </Link>
      ) : (
        roleOf(role)?.isOfTenant === false && <span className="dimmed">every tenant</span>
      ),
  },
  { id: 'state', title: 'State', width: 190, narrow: 'line', cell: (token) => <State token={token} /> },
  { id: 'created', title: 'Created', width: 210, cell: ({ created }) => <Changed change={created} /> },
  { id: 'change', title: 'Change', width: 90, grows: 0, narrow: 'line', cell: (token) => !token.isRevoked && <RevokeToken token={token} /> },
];

function State({ token: { isRevoked, expiresAt } }: { token: Token }) {
  const now = useNow();
  if (isRevoked) return <Mark tone="bad">Revoked</Mark>;
  if (!expiresAt) return <Mark>No expiry</Mark>;
  return Date.parse(expiresAt) <= now ? (
    <>
      <Mark tone="bad">Expired</Mark> <Moment at={expiresAt} />
    </>
  ) : (
    <>
      <Mark tone="good">Until</Mark> <Moment at={expiresAt} />
    </>
  );
}

const route = getRouteApi('/tokens');

export function TokensPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = { nameContains: search.name, tenantId: search.tenant, isRevoked: search.revoked === 'yes' ? undefined : false };
  const list = useList(tokensQuery, { filter }, ({ apiTokens }) => apiTokens, ['API_TOKEN', 'TENANT']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="API tokens"
      list={list}
      actions={
        <>
          <Link to="/tokens/rights">What you may</Link>
          <CreateToken />
        </>
      }
      filters={
        <>
          <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Every tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} />
          <Checkbox
            size="xs"
            label="Revoked ones too"
            checked={search.revoked === 'yes'}
            onChange={(event) => change({ revoked: event.currentTarget.checked ? 'yes' : undefined })}
          />
        </>
      }
    >
      <RecordTable
        label="API tokens"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        empty={<Empty title="No token matches">Take a filter away, or create one for a person or an integration.</Empty>}
      />
    </ListPage>
  );
}
