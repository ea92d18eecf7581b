// Who may come into a group: computers and groups of its tenant, found by their names. People: PersonSelect.
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { SearchSelect, type SearchSelectProps } from '~/kit/select/SearchSelect.tsx';

interface OfTenant extends SearchSelectProps {
  tenantId: string;
}

interface Named {
  uuid: string;
  name: string;
}

const option = ({ uuid, name }: Named) => ({ value: uuid, label: name });

const computersFound = graphql(`
  query ComputersFound($filter: ComputerFilter, $asOf: AsOfInput) {
    computers(filter: $filter, orderBy: { field: NAME }, first: 20, asOf: $asOf) { nodes { uuid name } }
  }
`);

function useComputersFound(text: string, _value: string | undefined, tenantId: string) {
  const { data, isReading } = usePage(computersFound, { filter: { tenantId, nameContains: text || undefined } }, { concerns: ['COMPUTER'], keep: true });
  return { options: data?.computers?.nodes.map(option) ?? [], chosen: undefined, isReading };
}

export function ComputerSelect({ tenantId, ...props }: OfTenant) {
  return <SearchSelect {...props} within={tenantId} useFound={useComputersFound} />;
}

const groupsFound = graphql(`
  query GroupsFound($filter: GroupFilter, $asOf: AsOfInput) {
    groups(filter: $filter, first: 20, asOf: $asOf) { nodes { uuid name } }
  }
`);

function useGroupsFound(text: string, _value: string | undefined, tenantId: string) {
  const { data, isReading } = usePage(groupsFound, { filter: { tenantId, nameContains: text || undefined } }, { concerns: ['GROUP'], keep: true });
  return { options: data?.groups?.nodes.map(option) ?? [], chosen: undefined, isReading };
}

export function GroupSelect({ tenantId, ...props }: OfTenant) {
  return <SearchSelect {...props} within={tenantId} useFound={useGroupsFound} />;
}
