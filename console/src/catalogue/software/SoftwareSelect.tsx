import { type Told, whichFragment, whichWords } from '~/catalogue/item/which.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

const softwareFoundQuery = graphql(
  `
  query SoftwareFound($text: String!, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    catalogue(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name ...WhichSoftware } }
    software(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name ...WhichSoftware }
  }
`,
  [whichFragment],
);

/** One software, by its name. */
export function SoftwareSelect(props: SearchSelectProps) {
  return <SearchSelect useFound={useSoftware} {...props} />;
}

function useSoftware({ text, value: id, isIdle }: Sought): Found {
  const variables = { text, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(softwareFoundQuery, variables, { concerns: ['SOFTWARE'], keep: true, pause: isIdle });
  return {
    options: (data?.catalogue?.nodes ?? []).map(optionOf),
    chosen: data?.software ? optionOf(data.software) : undefined,
    isReading,
  };
}

function optionOf(software: { uuid: string; name: string } & Told) {
  return { value: software.uuid, label: software.name, detail: whichWords(software) };
}
