import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

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

const useDeviceGroups = (sought: Sought) => useGroups('DEVICE', sought);
const useDirectoryGroups = (sought: Sought) => useGroups('DIRECTORY', sought);

function useGroups(kind: Kind, { text, value: id, isIdle }: Sought): Found {
  const variables = { text, kind, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(groupsFoundQuery, variables, { concerns: ['GROUP'], keep: true, pause: isIdle });
  return {
    options: (data?.groups?.nodes ?? []).map(({ uuid, name, tenant }) => ({ value: uuid, label: tenant ? `${name} of ${tenant.name}` : name })),
    chosen: data?.group ? { value: data.group.uuid, label: data.group.name } : undefined,
    isReading,
  };
}
