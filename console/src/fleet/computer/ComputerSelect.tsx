import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

const computersFoundQuery = graphql(`
  query ComputersFound($text: String!, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    computers(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
    computer(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name }
  }
`);

/** One computer, by its name. */
export function ComputerSelect(props: SearchSelectProps) {
  return <SearchSelect useFound={useComputers} {...props} />;
}

function useComputers({ text, value: id, isIdle }: Sought): Found {
  const variables = { text, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(computersFoundQuery, variables, { concerns: ['COMPUTER'], keep: true, pause: isIdle });
  return {
    options: (data?.computers?.nodes ?? []).map(({ uuid, name }) => ({ value: uuid, label: name })),
    chosen: data?.computer ? { value: data.computer.uuid, label: data.computer.name } : undefined,
    isReading,
  };
}
