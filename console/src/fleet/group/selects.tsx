// Who may come into a group: computers and groups of its tenant, found by their names. People: PersonSelect.
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';

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

function useComputersFound({ text, within: tenantId, isIdle }: Sought) {
  const filter = { tenantId, nameContains: text || undefined };
  const { data, isReading } = usePage(computersFound, { filter }, { concerns: ['COMPUTER'], keep: true, pause: isIdle });
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

function useGroupsFound({ text, within: tenantId, isIdle }: Sought) {
  const filter = { tenantId, nameContains: text || undefined };
  const { data, isReading } = usePage(groupsFound, { filter }, { concerns: ['GROUP'], keep: true, pause: isIdle });
  return { options: data?.groups?.nodes.map(option) ?? [], chosen: undefined, isReading };
}

export function GroupSelect({ tenantId, ...props }: OfTenant) {
  return <SearchSelect {...props} within={tenantId} useFound={useGroupsFound} />;
}
