import { SegmentedControl } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { SoftwareSelect } from '~/catalogue/software/SoftwareSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { Choice } from '~/kit/select/Choice.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { ColumnMenu } from '~/kit/table/ColumnMenu.tsx';
import { chosen, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { type List, useList } from '~/kit/table/useList.ts';
import { sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { NewDeployment } from './actions.tsx';
import { COLUMNS, deploymentsQuery, type Listed, listed, missingQuery, nowhereQuery } from './columns.tsx';
import { ENFORCEMENTS } from './kinds.ts';
import { ENFORCED, STATUSES, VIEWS } from './search.ts';

/** Whatever decides where a deployment wins. */
const CONCERNS = ['DEPLOYMENT', 'SOFTWARE', 'CLOUD_TASK', 'COMPUTER', 'TENANT', 'PERSON', 'GROUP', 'AGREEMENT'];

const STATUS = STATUSES.map((value) => ({ value, label: sentence(value) }));
const ENFORCEMENT = ENFORCED.map((value) => ({ value, label: ENFORCEMENTS[value].name }));

export function DeploymentsPage() {
  const { view } = useSearch({ from: '/deployments' });
  if (view === 'nowhere') return <WinNowhere />;
  return view === 'missing' ? <TargetMissing /> : <All />;
}

function WinNowhere() {
  return <Listing view="nowhere" list={useList(nowhereQuery, {}, listed, CONCERNS)} />;
}

function TargetMissing() {
  return <Listing view="missing" list={useList(missingQuery, {}, listed, CONCERNS)} />;
}

function All() {
  const { text, status, enforcement, software, tenant, order } = useSearch({ from: '/deployments' });
  const filter = { text, status, enforcement, softwareId: software, tenantId: tenant };
  const variables = { filter, orderBy: orderOf(COLUMNS, order) as never };
  return <Listing view={undefined} list={useList(deploymentsQuery, variables, listed, CONCERNS)} />;
}

type View = (typeof VIEWS)[number] | undefined;

function Listing({ view, list }: { view: View; list: List<Listed> }) {
  const search = useSearch({ from: '/deployments' });
  const navigate = useNavigate({ from: '/deployments' });
  const order = orderOf(COLUMNS, search.order);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="Deployments"
      list={list}
      actions={
        <>
          <PathLink to="/deployments/order">Order of execution</PathLink>
          <NewDeployment />
        </>
      }
      filters={
        <>
          <SegmentedControl
            aria-label="Which deployments"
            value={view ?? ''}
            onChange={(chosen) => change({ view: VIEWS.find((known) => known === chosen) })}
            data={[
              { value: '', label: 'All' },
              { value: 'nowhere', label: 'Win nowhere' },
              { value: 'missing', label: 'Target missing' },
            ]}
          />
          {view === undefined && (
            <>
              <TextFilter label="Item or target" width={140} value={search.text} onChange={(text) => change({ text })} />
              <SoftwareSelect aria-label="Software" placeholder="Software" w={140} value={search.software} onChange={(software) => change({ software })} />
              <TenantSelect aria-label="Tenant" placeholder="Tenant" w={130} value={search.tenant} onChange={(tenant) => change({ tenant })} />
              <Choice label="Status" options={STATUS} value={search.status} onChange={(status) => change({ status })} width={110} />
              <Choice label="Enforcement" options={ENFORCEMENT} value={search.enforcement} onChange={(enforcement) => change({ enforcement })} width={120} />
            </>
          )}
          <span className="grow" />
          <ColumnMenu columns={COLUMNS} ids={search.columns} choose={(columns) => change({ columns })} />
        </>
      }
    >
      <RecordTable
        label="Deployments"
        list={list}
        columns={chosen(COLUMNS, search.columns)}
        keyOf={({ uuid }) => uuid}
        open={({ uuid }) => void navigate({ to: '/deployments/$id', params: { id: uuid } })}
        order={order}
        sortBy={view === undefined ? (field) => change({ order: turned(order, field) }) : undefined}
        empty={<Nothing view={view} isFiltered={Boolean(search.text ?? search.status ?? search.enforcement ?? search.software ?? search.tenant)} />}
      />
    </ListPage>
  );
}

function Nothing({ view, isFiltered }: { view: View; isFiltered: boolean }) {
  if (view === 'nowhere') return <Empty title="Every enabled deployment wins somewhere">None is there for nothing.</Empty>;
  if (view === 'missing') return <Empty title="Every target is there">No deployment names a computer, person, tenant or group that has gone.</Empty>;
  if (isFiltered) return <Empty title="No deployment matches">Take a filter away, or write a deployment.</Empty>;
  return (
    <Empty title="There is no deployment yet" action={<Link to="/deployments/new">Write the first one</Link>}>
      A deployment says which state a software should have, and on which computers. Saving one touches no computer; the next session does.
    </Empty>
  );
}
