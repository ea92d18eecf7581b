import { Tabs } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { usePermissions } from '~/access/may/usePermissions.ts';
import { SecretsOfTenant, secretsOfTenantFragment } from '~/catalogue/secret/SecretsOfTenant.tsx';
import { ChangeTags } from '~/fleet/tag/ChangeTags.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Empty, Loading, Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { DeploymentRows, deploymentRowFragment } from '~/rules/deployment/DeploymentRows.tsx';
import { CreateTenant, MoveTenant, RenameTenant, SetCrossTenantExclusion, SetTimeZone, type TenantSeen } from './actions.tsx';
import { OfTenant, ofTenantFragment, peopleFragment } from './OfTenant.tsx';
import { RemoveTenant, RestoreTenant } from './removal.tsx';
import { TABS } from './search.ts';
import { TenantTasks, tenantTasksFragment } from './TenantTasks.tsx';
import css from './tenant.module.css';

const tenantQuery = graphql(
  `
    query Tenant($id: ID!, $overview: Boolean!, $deployments: Boolean!, $tasks: Boolean!, $secrets: Boolean!, $history: Boolean!, $asOf: AsOfInput) {
      tenant(id: $id, asOf: $asOf) {
        uuid name revision timeZone isRemoved isExcludedFromCrossTenant tags
        may { ...May }
        parent { uuid name parent { uuid name parent { uuid name parent { uuid name parent { uuid name } } } } }
        changed { ...Changed }
      }
      overview: tenant(id: $id, asOf: $asOf) @include(if: $overview) { ...OfTenant }
      people(filter: { tenantId: $id }, first: 10, asOf: $asOf) @include(if: $overview) { ...PeopleOfTenant }
      deployments(filter: { tenantId: $id }, first: 25, asOf: $asOf) @include(if: $deployments) { totalCount nodes { ...DeploymentRow } }
      tenantResolution(tenantId: $id, first: 50, asOf: $asOf) @include(if: $tasks) { ...TenantTasks }
      secrets(filter: { forTenantId: $id }, first: 20, asOf: $asOf) @include(if: $secrets) { ...SecretsOfTenant }
      events(filter: { tenantId: $id }, first: 50, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) @include(if: $history) {
        nodes { ...EventRow }
      }
    }
  `,
  [changeFragment, mayFragment, ofTenantFragment, peopleFragment, deploymentRowFragment, tenantTasksFragment, secretsOfTenantFragment, eventRowFields],
);

const CONCERNS = ['TENANT', 'COMPUTER', 'PERSON', 'DEPLOYMENT', 'CLOUD_TASK', 'SOFTWARE', 'SECRET'];
const TITLES: Record<(typeof TABS)[number], string> = {
  overview: 'Overview',
  deployments: 'Deployments',
  tasks: 'Cloud tasks',
  secrets: 'Secrets',
  history: 'History',
};
const route = getRouteApi('/tenants/$id');

export function TenantPage() {
  const { id } = route.useParams();
  // Another tenant is another page: nothing of the one before is shown under its address.
  return <OneTenant key={id} id={id} />;
}

function OneTenant({ id }: { id: string }) {
  const { tab = 'overview' } = route.useSearch();
  const variables = {
    id,
    overview: tab === 'overview',
    deployments: tab === 'deployments',
    tasks: tab === 'tasks',
    secrets: tab === 'secrets',
    history: tab === 'history',
  };
  // Whatever happens may be part of the history.
  const page = usePage(tenantQuery, variables, { ...(tab === 'history' ? {} : { concerns: CONCERNS }), keep: true });
  return <PageBody page={page}>{(data) => (data.tenant ? <Shown data={data} tenant={data.tenant} /> : <Missing what="tenant" />)}</PageBody>;
}

type Data = ResultOf<typeof tenantQuery>;
type Tenant = NonNullable<Data['tenant']>;

function Shown({ data, tenant }: { data: Data; tenant: Tenant }) {
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const permissions = usePermissions();
  const tabs = TABS.filter((value) => value !== 'secrets' || value === tab || permissions.has('MANAGE_SECRETS'));
  return (
    <div className="stack">
      <Path tenant={tenant} />
      <div className="bar">
        <h1>{tenant.name}</h1>
        {tenant.isRemoved && <Mark>Removed</Mark>}
        {tenant.isExcludedFromCrossTenant && <Mark tone="warn">Out of cross-tenant rules</Mark>}
      </div>
      <TenantActions tenant={tenant} />
      <Facts>
        <Fact name="Time zone">{tenant.timeZone}</Fact>
        <Fact name="Tags">{tenant.tags.join(', ') || 'none'}</Fact>
        <Fact name="Cross-tenant rules">{tenant.isExcludedFromCrossTenant ? 'leave it and its computers out' : 'apply to it and its computers'}</Fact>
        <Fact name="Changed">
          <Changed change={tenant.changed} />
        </Fact>
      </Facts>
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: (before) => ({ ...before, tab: value as typeof tab }), replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {TITLES[value]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" pt="sm">
          {data.overview && data.people ? <OfTenant id={tenant.uuid} tenant={data.overview} people={data.people} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="deployments" pt="sm">
          {data.deployments ? <Deployments tenant={tenant} deployments={data.deployments} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="tasks" pt="sm">
          {data.tenantResolution ? <TenantTasks resolution={data.tenantResolution} name={tenant.name} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="secrets" pt="sm">
          {data.secrets ? <SecretsOfTenant tenant={tenant} secrets={data.secrets} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          {data.events ? <History tenant={tenant} events={data.events.nodes} /> : <Loading />}
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** Those above it, from the top down. */
function Path({ tenant }: { tenant: Tenant }) {
  const above: { uuid: string; name: string }[] = [];
  for (let next: Above | null | undefined = tenant.parent; next; next = next.parent) above.unshift(next);
  return (
    <nav aria-label="Above it">
      <ol className={css.path}>
        <li>
          <Link to="/tenants">Tenants</Link> /
        </li>
        {above.map(({ uuid, name }) => (
          <li key={uuid}>
            <Link to="/tenants/$id" params={{ id: uuid }}>
              {name}
            </Link>{' '}
            /
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface Above {
  uuid: string;
  name: string;
  parent?: Above | null;
}

function TenantActions({ tenant }: { tenant: Tenant }) {
  const seen: TenantSeen = tenant;
  if (tenant.isRemoved) {
    return (
      <Actions>
        <RestoreTenant tenant={seen} />
      </Actions>
    );
  }
  return (
    <Actions>
      <CreateTenant parent={seen} may={possible(tenant.may, 'createTenant')} />
      <RenameTenant tenant={seen} />
      <MoveTenant tenant={seen} />
      <ChangeTags
        bearer={{ on: { tenantId: tenant.uuid }, name: tenant.name, tags: tenant.tags, revision: tenant.revision }}
        may={possible(tenant.may, 'changeTags')}
      />
      <SetTimeZone tenant={seen} />
      <SetCrossTenantExclusion tenant={seen} />
      <RemoveTenant tenant={seen} />
    </Actions>
  );
}

function Deployments({ tenant, deployments: { nodes, totalCount } }: { tenant: Tenant; deployments: NonNullable<Data['deployments']> }) {
  if (nodes.length === 0) {
    return (
      <Empty title="No deployment is for it alone" action={<PathLink to="/deployments">All deployments</PathLink>}>
        Those for every tenant, and for tenants above it, are among all deployments.
      </Empty>
    );
  }
  return (
    <section className="card">
      <h2>Deployments for it, its computers or its people</h2>
      <Wide label="Deployments">
        <DeploymentRows deployments={nodes} />
      </Wide>
      {(totalCount ?? 0) > nodes.length && (
        <p className="small">
          <PathLink to="/deployments" search={{ tenant: tenant.uuid }}>
            All {plural(totalCount ?? 0, 'deployment')} that concern it
          </PathLink>
        </p>
      )}
    </section>
  );
}

function History({ tenant, events }: { tenant: Tenant; events: NonNullable<Data['events']>['nodes'] }) {
  return (
    <section className="card">
      <h2>What happened to it lately</h2>
      <EventRows events={events} label="What happened" />
      <PathLink to="/events" search={{ tenant: tenant.uuid }}>
        All its events
      </PathLink>
    </section>
  );
}
