import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

const peopleFoundQuery = graphql(`
  query PeopleFound($text: String!, $tenantId: ID, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    people(filter: { textContains: $text, tenantId: $tenantId }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name upn } }
    person(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name upn }
  }
`);

interface Named {
  uuid: string;
  name: string;
  upn: string | null;
}

/** One person, by name or user principal name; of one tenant if it is given. */
export function PersonSelect({ tenantId, ...props }: SearchSelectProps & { tenantId?: string | undefined }) {
  return <SearchSelect {...props} within={tenantId} useFound={usePeople} />;
}

function usePeople({ text, value: id, within, isIdle }: Sought): Found {
  const variables = { text, tenantId: within || undefined, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(peopleFoundQuery, variables, { concerns: ['PERSON'], keep: true, pause: isIdle });
  return { options: (data?.people?.nodes ?? []).map(option), chosen: data?.person ? option(data.person) : undefined, isReading };
}

function option({ uuid, name, upn }: Named) {
  return { value: uuid, label: upn ? `${name} (${upn})` : name };
}
