import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps } from '~/kit/select/SearchSelect.tsx';

const groupsFoundQuery = graphql(`
  query GroupsFound($text: String!, $kind: GroupKind!, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
    groups(filter: { nameContains: $text, kind: $kind }, first: 20, asOf: $asOf) { nodes { uuid name tenant { name } } }
    group(id: $id, asOf: $asOf) @include(if: $isChosen) { uuid name }
  }
`);

type Kind = 'DIRECTORY' | 'DEVICE';

interface Props extends SearchSelectProps {
  kind: Kind;
}

/** One group of a kind, by its name. */
export function GroupSelect({ kind, ...props }: Props) {
  return <SearchSelect useFound={kind === 'DEVICE' ? useDeviceGroups : useDirectoryGroups} {...props} />;
}

const useDeviceGroups = (text: string, id: string | undefined) => useGroups('DEVICE', text, id);
const useDirectoryGroups = (text: string, id: string | undefined) => useGroups('DIRECTORY', text, id);

function useGroups(kind: Kind, text: string, id: string | undefined): Found {
  const { data, isReading } = usePage(groupsFoundQuery, { text, kind, id: id ?? '', isChosen: id !== undefined }, { concerns: ['GROUP'], keep: true });
  return {
    options: (data?.groups?.nodes ?? []).map(({ uuid, name, tenant }) => ({ value: uuid, label: tenant ? `${name} of ${tenant.name}` : name })),
    chosen: data?.group ? { value: data.group.uuid, label: data.group.name } : undefined,
    isReading,
  };
}
