import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Choice } from '~/kit/select/Choice.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { ColumnMenu } from '~/kit/table/ColumnMenu.tsx';
import { type Column, chosen, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { truth } from '~/kit/url/search.ts';
import { AgentStanding, agentStandingFragment } from './AgentStanding.tsx';
import { STANDINGS } from './search.ts';

const agentsQuery = graphql(
  `
  query Agents($filter: AgentFilter, $orderBy: AgentOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    agents(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes {
        uuid name isConnected lastSeenAt agentVersion identitySource
        ...AgentStanding
        tenant { uuid name }
        computer { uuid name }
        claims { uuid name }
        created { at }
      }
    }
  }
`,
  [agentStandingFragment],
);

type Agent = NonNullable<ResultOf<typeof agentsQuery>['agents']>['nodes'][number];

const COLUMNS: readonly Column<Agent>[] = [
  {
    id: 'name',
    title: 'Agent on',
    width: 160,
    grows: 2,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ uuid, name }) => (
      <Link to="/agents/$id" params={{ id: uuid }}>
        {name}
      </Link>
    ),
  },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 120,
    narrow: 'line',
    cell: ({ tenant }) => tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>,
  },
  { id: 'computer', title: 'Computer', width: 140, cell: Leads },
  { id: 'standing', title: 'Standing', width: 210, narrow: 'line', cell: (agent) => <AgentStanding agent={agent} /> },
  {
    id: 'seen',
    title: 'Seen',
    width: 120,
    grows: 0,
    orderBy: 'LAST_SEEN_AT',
    narrow: 'line',
    cell: ({ isConnected, lastSeenAt }) => (isConnected ? <Mark tone="good">Connected</Mark> : <Moment at={lastSeenAt} />),
  },
  { id: 'version', title: 'Version', width: 90, grows: 0, cell: ({ agentVersion }) => <span className="mono">{agentVersion}</span> },
  { id: 'enrolled', title: 'Enrolled', width: 120, grows: 0, orderBy: 'CREATED_AT', cell: ({ created }) => <Moment at={created.at} /> },
  { id: 'source', title: 'Knows the hardware by', width: 150, cell: ({ identitySource }) => sentence(identitySource), isExtra: true },
];

const CONNECTED = [
  { value: 'yes', label: 'Connected' },
  { value: 'no', label: 'Away' },
] as const;
const STANDING = STANDINGS.map((value) => ({ value, label: sentence(value) }));

export function AgentsPage() {
  const search = useSearch({ from: '/agents' });
  const navigate = useNavigate({ from: '/agents' });
  const order = orderOf(COLUMNS, search.order);
  const filter = {
    nameContains: search.name,
    tenantId: search.tenant,
    standing: search.standing,
    isConnected: truth(search.connected),
    agentVersion: search.version,
  };
  const list = useList(agentsQuery, { filter, orderBy: order as never }, ({ agents }) => agents, ['AGENT', 'COMPUTER', 'TENANT']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const isFiltered = Object.values(filter).some((value) => value !== undefined);

  return (
    <ListPage
      title="Agents"
      list={list}
      actions={
        <>
          <ColumnMenu columns={COLUMNS} ids={search.columns} choose={(columns) => change({ columns })} />
          <Button variant="filled" renderRoot={(props) => <Link to="/agents/enrol" {...props} />}>
            Enrol computers
          </Button>
        </>
      }
      filters={
        <>
          <TextFilter label="Name contains" value={search.name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Tenant" value={search.tenant} onChange={(tenant) => change({ tenant })} w={160} />
          <Choice label="Standing" options={STANDING} value={search.standing} onChange={(standing) => change({ standing })} />
          <Choice label="Connection" options={CONNECTED} value={search.connected} onChange={(connected) => change({ connected })} />
          <TextFilter label="Version" value={search.version} onChange={(version) => change({ version })} width={100} />
        </>
      }
    >
      <RecordTable
        label="Agents"
        list={list}
        columns={chosen(COLUMNS, search.columns)}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/agents/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        empty={
          isFiltered ? (
            <Empty title="No agent matches">Take a filter away.</Empty>
          ) : (
            <Empty title="No agent has enrolled yet" action={<PathLink to="/agents/enrol">Enrol the first computer</PathLink>}>
              An agent is a program on a computer that does what sessions ask of it.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}

/** Which computer it leads to, or claims while that is in doubt. */
function Leads({ computer, claims }: Agent) {
  if (computer) return <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>;
  if (claims) return `claims ${claims.name}`;
  return <span className="dimmed">not identified</span>;
}
