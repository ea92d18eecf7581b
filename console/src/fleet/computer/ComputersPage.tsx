import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, chosen, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useSelection } from '~/kit/table/selection.ts';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { truth } from '~/kit/url/search.ts';

const computersQuery = graphql(`
  query Computers($filter: ComputerFilter, $orderBy: ComputerOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    computers(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes {
        uuid name computerClass isOnline lastSeenAt onboarding tags isRemoved isExcludedFromMaintenance
        tenant { uuid name }
        primaryPerson { uuid name }
        inventory { operatingSystem { name version } }
      }
    }
  }
`);

type Computer = NonNullable<ResultOf<typeof computersQuery>['computers']>['nodes'][number];

const COLUMNS: readonly Column<Computer>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 180,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/computers/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  { id: 'tenant', title: 'Tenant', width: 140, narrow: 'line', cell: ({ tenant }) => tenant?.name },
  { id: 'kind', title: 'Kind', width: 100, grows: 0, cell: ({ computerClass }) => sentence(computerClass) },
  { id: 'person', title: 'Person', width: 120, cell: ({ primaryPerson }) => primaryPerson?.name },
  { id: 'system', title: 'System', width: 150, cell: ({ inventory }) => inventory && `${inventory.operatingSystem.name} ${inventory.operatingSystem.version}` },
  {
    id: 'seen',
    title: 'Seen',
    width: 120,
    grows: 0,
    orderBy: 'LAST_SEEN_AT',
    narrow: 'line',
    cell: ({ isOnline, lastSeenAt }) => (isOnline ? <Mark tone="good">Online</Mark> : <Moment at={lastSeenAt} />),
  },
  { id: 'state', title: 'State', width: 150, grows: 0, narrow: 'line', cell: State },
  { id: 'tags', title: 'Tags', width: 140, cell: ({ tags }) => tags.join(', '), isExtra: true },
];

const CONCERNS = ['COMPUTER', 'TENANT', 'PERSON', 'AGENT'];

export function ComputersPage() {
  const search = useSearch({ from: '/computers' });
  const navigate = useNavigate({ from: '/computers' });
  const order = orderOf(COLUMNS, search.order);
  const filter = {
    nameContains: search.name,
    tenantId: search.tenant,
    computerClass: search.kind,
    isOnline: truth(search.online),
    onboarding: search.onboarding,
    tag: search.tag,
    includeRemoved: truth(search.removed),
  };
  const list = useList(computersQuery, { filter, orderBy: order as never }, ({ computers }) => computers, CONCERNS);
  const selection = useSelection();
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const rename = useDebouncedCallback((name: string) => change({ name: name || undefined }), 200);

  return (
    <ListPage
      title="Computers"
      list={list}
      filters={
        <TextInput aria-label="Name contains" placeholder="Name contains…" defaultValue={search.name} onChange={(event) => rename(event.currentTarget.value)} />
      }
    >
      <RecordTable
        label="Computers"
        list={list}
        columns={chosen(COLUMNS, search.columns)}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/computers/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        selection={selection}
        empty={<Empty title="No computer matches">Take a filter away, or enrol an agent.</Empty>}
      />
    </ListPage>
  );
}

function State({ isRemoved, isExcludedFromMaintenance, onboarding }: Computer) {
  if (isRemoved) return <Mark>Removed</Mark>;
  if (onboarding === 'NEEDS_ONBOARDING') return <Mark tone="warn">Needs onboarding</Mark>;
  if (isExcludedFromMaintenance) return <Mark tone="warn">Excluded</Mark>;
  return <Mark>Managed</Mark>;
}
