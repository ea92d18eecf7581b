import { useMemo } from 'react';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps } from '~/kit/select/SearchSelect.tsx';

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
  const useFound = useMemo(() => peopleOf(tenantId), [tenantId]);
  return <SearchSelect useFound={useFound} {...props} />;
}

function peopleOf(tenantId: string | undefined) {
  // biome-ignore lint/correctness/noComponentHookFactories: made once for a tenant, and called by the select at its top level
  return function usePeople(text: string, id: string | undefined): Found {
    const { data, isReading } = usePage(peopleFoundQuery, { text, tenantId, id: id ?? '', isChosen: id !== undefined }, { concerns: ['PERSON'], keep: true });
    return { options: (data?.people?.nodes ?? []).map(option), chosen: data?.person ? option(data.person) : undefined, isReading };
  };
}

function option({ uuid, name, upn }: Named) {
  return { value: uuid, label: upn ? `${name} (${upn})` : name };
}
