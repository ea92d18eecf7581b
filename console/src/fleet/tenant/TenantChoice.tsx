import { pages } from '~/kit/api/client.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { Choice } from '~/kit/form/Choice.tsx';

const findQuery = graphql(`
  query FindTenants($text: String) {
    tenants(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20) { nodes { uuid name } }
  }
`);
const nameQuery = graphql('query NameOfTenant($id: ID!) { tenant(id: $id) { name } }');

/** One tenant, to filter by. */
export function TenantChoice({ value, choose }: { value: string | undefined; choose: (tenant: string | undefined) => void }) {
  return <Choice label="Tenant" placeholder="Tenant…" value={value} choose={choose} find={find} nameOf={nameOf} />;
}

async function find(text: string) {
  const { data } = await pages.query(findQuery, { text: text || null }).toPromise();
  return (data?.tenants?.nodes ?? []).map(({ uuid, name }) => ({ value: uuid, label: name }));
}

async function nameOf(id: string) {
  const { data } = await pages.query(nameQuery, { id }).toPromise();
  return data?.tenant?.name;
}
