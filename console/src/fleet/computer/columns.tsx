// What the list of computers can show of each.
import { Link } from '@tanstack/react-router';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import type { Column } from '~/kit/table/columns.ts';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { ComputerOnboarding, ComputerOnline, ComputerSeen, ComputerState, computerSeenFragment, computerStateFragment } from './ComputerState.tsx';

export const computerRowFragment = graphql(
  `
  fragment ComputerRow on Computer @_unmask {
    uuid name computerClass tags
    ...ComputerSeen
    ...ComputerState
    tenant { uuid name }
    primaryPerson { uuid name }
    inventory { hostName operatingSystem { name version } }
    inventoryDetail { manufacturer model serialNumber domainName }
    created { at }
  }
`,
  [computerSeenFragment, computerStateFragment],
);

export type ComputerRow = FragmentOf<typeof computerRowFragment>;

export const COLUMNS: readonly Column<ComputerRow>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 160,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/computers/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 130,
    orderBy: 'TENANT_NAME',
    narrow: 'line',
    cell: ({ tenant }) => tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>,
  },
  { id: 'kind', title: 'Kind', width: 100, grows: 0, orderBy: 'COMPUTER_CLASS', cell: ({ computerClass }) => sentence(computerClass) },
  {
    id: 'person',
    title: 'Person',
    width: 110,
    orderBy: 'PERSON_NAME',
    cell: ({ primaryPerson }) => primaryPerson && <PathLink to={`/people/${primaryPerson.uuid}`}>{primaryPerson.name}</PathLink>,
  },
  {
    id: 'system',
    title: 'System',
    width: 150,
    orderBy: 'OPERATING_SYSTEM',
    cell: ({ inventory }) => inventory && `${inventory.operatingSystem.name} ${inventory.operatingSystem.version}`,
  },
  { id: 'seen', title: 'Seen', width: 120, grows: 0, orderBy: 'LAST_SEEN_AT', narrow: 'line', cell: (computer) => <ComputerSeen computer={computer} /> },
  { id: 'state', title: 'State', width: 152, grows: 0, narrow: 'line', cell: (computer) => <ComputerState computer={computer} /> },
  { id: 'tags', title: 'Tags', width: 120, cell: ({ tags }) => tags.join(', ') },
  { id: 'online', title: 'Online', width: 90, grows: 0, orderBy: 'IS_ONLINE', cell: (computer) => <ComputerOnline computer={computer} />, isExtra: true },
  {
    id: 'onboarding',
    title: 'Onboarding',
    width: 140,
    grows: 0,
    orderBy: 'ONBOARDING',
    cell: (computer) => <ComputerOnboarding computer={computer} />,
    isExtra: true,
  },
  { id: 'host', title: 'Host name', width: 130, cell: ({ inventory }) => inventory?.hostName, isExtra: true },
  { id: 'model', title: 'Model', width: 150, cell: ({ inventoryDetail }) => model(inventoryDetail), isExtra: true },
  { id: 'serial', title: 'Serial number', width: 130, cell: ({ inventoryDetail }) => inventoryDetail.serialNumber, isExtra: true },
  { id: 'domain', title: 'Domain', width: 130, cell: ({ inventoryDetail }) => inventoryDetail.domainName, isExtra: true },
  { id: 'first', title: 'First seen', width: 120, grows: 0, orderBy: 'CREATED_AT', cell: ({ created }) => <Moment at={created.at} />, isExtra: true },
];

export function model({ manufacturer, model }: { manufacturer: string | null; model: string | null }): string {
  return [manufacturer, model].filter((part) => part).join(' ');
}

/** The same as text, for a file: whole times, and each thing in a column of its own. */
export const FILE_COLUMNS: readonly { title: string; text: (computer: ComputerRow) => string | null | undefined }[] = [
  { title: 'Name', text: ({ name }) => name },
  { title: 'Tenant', text: ({ tenant }) => tenant?.name },
  { title: 'Kind', text: ({ computerClass }) => computerClass },
  { title: 'Person', text: ({ primaryPerson }) => primaryPerson?.name },
  { title: 'Operating system', text: ({ inventory }) => inventory?.operatingSystem.name },
  { title: 'System version', text: ({ inventory }) => inventory?.operatingSystem.version },
  { title: 'Online', text: (computer) => (readFragment(computerSeenFragment, computer).isOnline ? 'yes' : 'no') },
  { title: 'Last seen', text: (computer) => readFragment(computerSeenFragment, computer).lastSeenAt },
  { title: 'Onboarding', text: (computer) => readFragment(computerStateFragment, computer).onboarding },
  { title: 'Excluded from maintenance', text: (computer) => (readFragment(computerStateFragment, computer).isExcludedFromMaintenance ? 'yes' : 'no') },
  { title: 'Removed', text: (computer) => (readFragment(computerStateFragment, computer).isRemoved ? 'yes' : 'no') },
  { title: 'Tags', text: ({ tags }) => tags.join('; ') },
  { title: 'Host name', text: ({ inventory }) => inventory?.hostName },
  { title: 'Manufacturer', text: ({ inventoryDetail }) => inventoryDetail.manufacturer },
  { title: 'Model', text: ({ inventoryDetail }) => inventoryDetail.model },
  { title: 'Serial number', text: ({ inventoryDetail }) => inventoryDetail.serialNumber },
  { title: 'Domain', text: ({ inventoryDetail }) => inventoryDetail.domainName },
  { title: 'First seen', text: ({ created }) => created.at },
  { title: 'Id', text: ({ uuid }) => uuid },
];
