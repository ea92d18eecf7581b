import { MultiSelect, SegmentedControl } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { actorFields, By } from '~/access/actor/By.tsx';
import { Which } from '~/catalogue/item/Which.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { ComputerSelect } from '~/fleet/computer/ComputerSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TimeInput } from '~/kit/form/TimeInput.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, chosen, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { Took } from '~/kit/time/Took.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { truth } from '~/kit/url/search.ts';
import { STATUSES } from './search.ts';
import { countsOf, itemOf, subjectOf, toneOfStatus } from './words.ts';

const sessionsQuery = graphql(
  `
  query Sessions($filter: SessionFilter, $orderBy: SessionOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    sessions(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes {
        uuid kind status stage startedAt endedAt
        computer { uuid name tenant { uuid name } }
        software { uuid name ...WhichSoftware } task { uuid name }
        deployment { software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } }
        actions { result }
        created { at by { ...ActorFields } }
      }
    }
  }
`,
  [actorFields, whichFragment],
);

type Session = NonNullable<ResultOf<typeof sessionsQuery>['sessions']>['nodes'][number];

const COLUMNS: readonly Column<Session>[] = [
  {
    id: 'about',
    title: 'About',
    width: 190,
    narrow: 'title',
    cell: (session) => (
      <>
        <Link to="/sessions/$id" params={{ id: session.uuid }}>
          {subjectOf(session)}
        </Link>
        <Which of={itemOf(session)} />
      </>
    ),
  },
  {
    id: 'computer',
    title: 'Computer',
    width: 130,
    narrow: 'line',
    cell: ({ computer }) => computer && <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>,
  },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 100,
    cell: ({ computer }) => computer?.tenant && <PathLink to={`/tenants/${computer.tenant.uuid}`}>{computer.tenant.name}</PathLink>,
  },
  {
    id: 'status',
    title: 'Status',
    width: 170,
    grows: 0,
    narrow: 'line',
    cell: ({ status, stage }) => (
      <>
        <Mark tone={toneOfStatus(status)}>{sentence(status)}</Mark> {stage && <span className="small dimmed">{sentence(stage)}</span>}
      </>
    ),
  },
  { id: 'results', title: 'Actions', width: 130, cell: ({ actions }) => countsOf(actions) },
  { id: 'created', title: 'Asked for', width: 120, grows: 0, orderBy: 'CREATED_AT', narrow: 'line', cell: ({ created }) => <Moment at={created.at} /> },
  { id: 'took', title: 'Took', width: 95, grows: 0, cell: ({ startedAt, endedAt }) => <Took from={startedAt} to={endedAt} /> },
  { id: 'by', title: 'By', width: 90, cell: ({ created }) => <By actor={created.by} /> },
  { id: 'kind', title: 'Kind', width: 100, grows: 0, cell: ({ kind }) => sentence(kind), isExtra: true },
];

const CONCERNS = ['MAINTENANCE_SESSION', 'COMPUTER', 'TENANT'];
const NEWEST = '-CREATED_AT';

export function SessionsPage() {
  const search = useSearch({ from: '/sessions' });
  const navigate = useNavigate({ from: '/sessions' });
  const order = orderOf(COLUMNS, search.order ?? NEWEST);
  const filter = {
    tenantId: search.tenant,
    computerId: search.computer,
    statuses: search.status,
    isOver: truth(search.over),
    createdAfter: search.after,
    createdBefore: search.before,
  };
  const list = useList(sessionsQuery, { filter, orderBy: order as never }, ({ sessions }) => sessions, CONCERNS);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });

  return (
    <ListPage
      title="Sessions"
      list={list}
      filters={
        <>
          <TenantSelect aria-label="Tenant" placeholder="Tenant…" value={search.tenant} onChange={(tenant) => change({ tenant })} />
          <ComputerSelect aria-label="Computer" placeholder="Computer…" value={search.computer} onChange={(computer) => change({ computer })} />
          <MultiSelect
            aria-label="Status"
            placeholder={search.status ? undefined : 'Status…'}
            data={STATUSES.map((status) => ({ value: status, label: sentence(status) }))}
            value={search.status ?? []}
            onChange={(status) => change({ status: status.length > 0 ? (status as typeof search.status) : undefined })}
            clearable
            clearButtonProps={{ 'aria-label': 'Status: any' }}
          />
          <SegmentedControl
            aria-label="Over or not"
            data={[
              { value: '', label: 'All' },
              { value: 'no', label: 'Going on' },
              { value: 'yes', label: 'Over' },
            ]}
            value={search.over ?? ''}
            onChange={(over) => change({ over: over === 'yes' || over === 'no' ? over : undefined })}
          />
          <TimeInput label="Asked for since" value={search.after} choose={(after) => change({ after })} />
          <TimeInput label="until" value={search.before} choose={(before) => change({ before })} />
        </>
      }
    >
      <RecordTable
        label="Sessions"
        list={list}
        columns={chosen(COLUMNS, search.columns)}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/sessions/$id', params: { id: uuid } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) ?? field })}
        empty={
          <Empty title="No session matches">Take a filter away, or start a session on a computer’s page. The newest 50 of each computer are listed here.</Empty>
        }
      />
    </ListPage>
  );
}
