// One computer: what it is, and in tabs what it gets and why, what was done, what leads to it, and what happened. One document, so that the
// head and the tab are of the same moment; of the tabs it reads the one in view.
import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { momentOf, useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Loading, Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { AgentsTab, agentsFragment } from './page/AgentsTab.tsx';
import { CompareTab, differenceFragment } from './page/CompareTab.tsx';
import { ComputerHead, headFragment } from './page/ComputerHead.tsx';
import { EventsTab, eventsFragment } from './page/EventsTab.tsx';
import { InventoryTab, inventoryFragment } from './page/InventoryTab.tsx';
import { ItemsTab, itemsFragment } from './page/ItemsTab.tsx';
import { reasonsFragment, turnsFragment } from './page/Reasons.tsx';
import { rowsOf } from './page/rows.ts';
import { SessionsTab, sessionsFragment } from './page/SessionsTab.tsx';
import { TABS, type Tab } from './search.ts';

const computerQuery = graphql(
  `
  query Computer(
    $id: ID!, $asOf: AsOfInput, $rows: Int!, $item: ID, $task: ID, $earlier: AsOfInput!
    $isItems: Boolean!, $isOpen: Boolean!, $isSessions: Boolean!, $isAgents: Boolean!, $isInventory: Boolean!, $isEvents: Boolean!, $isCompared: Boolean!
  ) {
    computer(id: $id, asOf: $asOf) { ...ComputerHead }
    items: computer(id: $id, asOf: $asOf) @include(if: $isItems) { ...ComputerItems }
    reasons: resolution(computerId: $id, softwareId: $item, taskId: $task, first: 1, asOf: $asOf) @include(if: $isOpen) { nodes { ...Reasons } }
    turns: resolutionHistory(computerId: $id, softwareId: $item, taskId: $task, last: 20, asOf: $asOf) @include(if: $isOpen) { ...Turns }
    sessions: computer(id: $id, asOf: $asOf) @include(if: $isSessions) { ...ComputerSessions }
    agents: computer(id: $id, asOf: $asOf) @include(if: $isAgents) { ...ComputerAgents }
    inventory: computer(id: $id, asOf: $asOf) @include(if: $isInventory) { ...ComputerInventory }
    events(filter: { computerId: $id }, orderBy: { field: RECORDED_AT, direction: DESC }, first: $rows, asOf: $asOf) @include(if: $isEvents) {
      ...ComputerEvents
    }
    difference: compare(earlier: $earlier, later: $asOf, computerId: $id) @include(if: $isCompared) { ...ComputerDifference }
  }
`,
  [headFragment, itemsFragment, reasonsFragment, turnsFragment, sessionsFragment, agentsFragment, inventoryFragment, eventsFragment, differenceFragment],
);

const TITLES: Readonly<Record<Tab, string>> = {
  items: 'Items',
  sessions: 'Sessions',
  agents: 'Agents',
  inventory: 'Inventory',
  events: 'Events',
  compare: 'Compare',
};
const CONCERNS = ['COMPUTER', 'MAINTENANCE_SESSION', 'DEPLOYMENT', 'AGENT', 'TENANT', 'PERSON', 'GROUP', 'AGREEMENT', 'SOFTWARE', 'TASK'];
/** What variables hold whose part is not read. */
const UNREAD = { earlier: { position: '0' } };

const route = getRouteApi('/computers/$id');

export function ComputerPage() {
  const { id } = route.useParams();
  // Another computer, or another moment, is another page: nothing of the one before is shown under its address.
  return <OneComputer key={`${id} ${JSON.stringify(useMoment())}`} id={id} />;
}

function OneComputer({ id }: { id: string }) {
  const { tab = 'items', item, task, earlier: chosen, rows } = route.useSearch();
  const navigate = useNavigate({ from: '/computers/$id' });
  const earlier = momentOf(chosen);
  const variables = {
    id,
    rows: rowsOf(rows),
    // Of the two at most one.
    item,
    task: item === undefined ? task : undefined,
    earlier: earlier ?? UNREAD.earlier,
    isItems: tab === 'items',
    isOpen: tab === 'items' && (item ?? task) !== undefined,
    isSessions: tab === 'sessions',
    isAgents: tab === 'agents',
    isInventory: tab === 'inventory',
    isEvents: tab === 'events',
    isCompared: tab === 'compare' && earlier !== undefined,
  };
  const page = usePage(computerQuery, variables, { concerns: tab === 'events' ? undefined : CONCERNS, keep: true });
  const show = (next: string | null) =>
    void navigate({ search: (before) => ({ ...before, tab: TABS.find((one) => one === next && one !== 'items'), rows: undefined }), replace: true });
  return (
    <PageBody page={page}>
      {(data) =>
        data.computer ? (
          <div className="stack">
            <ComputerHead computer={data.computer} />
            <Tabs value={tab} onChange={show} keepMounted={false}>
              <Tabs.List aria-label="About this computer">
                {TABS.map((one) => (
                  <Tabs.Tab key={one} value={one}>
                    {TITLES[one]}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value={tab} pt="sm">
                <Shown tab={tab} id={id} data={data} isKept={page.isKept} item={item ?? task} earlier={chosen} />
              </Tabs.Panel>
            </Tabs>
          </div>
        ) : (
          <Missing what="computer" />
        )
      }
    </PageBody>
  );
}

interface ShownProps {
  tab: Tab;
  id: string;
  data: ResultOf<typeof computerQuery>;
  /** Whether it is of what was asked before: then reasons are of another item, and the difference of another moment. */
  isKept: boolean;
  item: string | undefined;
  earlier: string | undefined;
}

/** The tab in view, once it was read: what another tab read does not do for it. */
function Shown({ tab, id, data, isKept, item, earlier }: ShownProps) {
  const { items, sessions, agents, inventory, events } = data;
  const { reasons, turns, difference } = isKept ? {} : data;
  switch (tab) {
    case 'items':
      return items ? <ItemsTab computer={items} open={item} reasons={reasons?.nodes[0]} turns={turns ?? undefined} /> : <Loading />;
    case 'sessions':
      return sessions ? <SessionsTab computer={sessions} /> : <Loading />;
    case 'agents':
      return agents ? <AgentsTab computer={agents} /> : <Loading />;
    case 'inventory':
      return inventory ? <InventoryTab computer={inventory} /> : <Loading />;
    case 'events':
      return events ? <EventsTab events={events} id={id} /> : <Loading />;
    case 'compare':
      return <CompareTab earlier={earlier} difference={difference} />;
  }
}
