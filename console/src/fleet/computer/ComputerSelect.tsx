import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps } from '~/kit/select/SearchSelect.tsx';

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

function useComputers(text: string, id: string | undefined): Found {
  const { data, isReading } = usePage(computersFoundQuery, { text, id: id ?? '', isChosen: id !== undefined }, { concerns: ['COMPUTER'], keep: true });
  return {
    options: (data?.computers?.nodes ?? []).map(({ uuid, name }) => ({ value: uuid, label: name })),
    chosen: data?.computer ? { value: data.computer.uuid, label: data.computer.name } : undefined,
    isReading,
  };
}
