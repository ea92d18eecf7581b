import { getRouteApi } from '@tanstack/react-router';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { CreateSecret } from './CreateSecret.tsx';
import { COLUMNS } from './columns.tsx';
import { secretFragment } from './secret.ts';
import { Unseen } from './Unseen.tsx';

const secretsQuery = graphql(
  `
    query Secrets($filter: SecretFilter, $first: Int, $skip: Int, $asOf: AsOfInput) {
      secrets(filter: $filter, first: $first, skip: $skip, asOf: $asOf) { totalCount nodes { ...ListedSecret } }
    }
  `,
  [secretFragment],
);

/** Rows of a page: for each the deployments are looked at that tell it. */
const ROWS = 20;
const route = getRouteApi('/secrets');

export function SecretsPage() {
  const { name, tenant } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = { nameContains: name, forTenantId: tenant };
  const list = useList(secretsQuery, { filter }, ({ secrets }) => secrets, ['SECRET', 'DEPLOYMENT', 'TENANT'], ROWS);
  const change = (changed: { name?: string | undefined; tenant?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="Secrets"
      list={list}
      actions={<CreateSecret tenantId={tenant} />}
      filters={
        <>
          <TextFilter label="Name contains" value={name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="To be told for" placeholder="To be told for…" value={tenant} onChange={(tenant) => change({ tenant })} />
        </>
      }
    >
      <RecordTable
        label="Secrets"
        list={list}
        columns={COLUMNS}
        keyOf={({ uuid }) => uuid}
        empty={
          <Unseen>
            {name || tenant ? (
              <Empty title="No secret is so">Take a filter away to see more of them.</Empty>
            ) : (
              <Empty title="You manage no secret yet" action={<CreateSecret />}>
                A secret is what scripts are told that nobody may read: a password, a key. A deployment tells it to a parameter of the kind secret.
              </Empty>
            )}
          </Unseen>
        }
      />
    </ListPage>
  );
}
