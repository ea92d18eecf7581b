import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

const foundQuery = graphql(`
  query TenantsFound($text: String, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    tenants(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
    tenant(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name }
  }
`);

function useFound({ text, value: id, isIdle }: Sought) {
  const variables = { text: text || undefined, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(foundQuery, variables, { concerns: ['TENANT'], keep: true, pause: isIdle });
  const option = ({ uuid, name }: { uuid: string; name: string }) => ({ value: uuid, label: name });
  return { options: data?.tenants?.nodes.map(option) ?? [], chosen: data?.tenant ? option(data.tenant) : undefined, isReading };
}

/** A tenant, found by its name. */
export function TenantSelect(props: SearchSelectProps) {
  return <SearchSelect {...props} useFound={useFound} />;
}
