import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { itemIn } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { valueWords } from '~/catalogue/task/parameter/value.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { useCursors } from '~/kit/table/Pager.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { actedOnFragment, DeploymentActions } from './actions.tsx';
import { Conflicts, conflictsFragment } from './Conflicts.tsx';
import { DeploymentStatus, statusFragment } from './DeploymentStatus.tsx';
import css from './deployment.module.css';
import { ENFORCEMENTS } from './kinds.ts';
import { OUTCOMES_SHOWN, Outcomes, outcomesFragment } from './Outcomes.tsx';
import { OutcomesByTenant, outcomesByTenantFragment, TENANTS_SHOWN } from './OutcomesByTenant.tsx';
import { REVISIONS_SHOWN, Revisions, revisedFragment, revisionsFragment } from './revision/Revisions.tsx';
import { TABS } from './search.ts';
import { says } from './sentence.ts';
import { toldFragment, toldIn, useNamesIn } from './told.ts';

const deploymentQuery = graphql(
  `
  query Deployment(
    $id: ID!, $asOf: AsOfInput,
    $isOutcomes: Boolean!, $outcome: DeploymentOutcomeKind, $tenant: ID, $outcomesFirst: Int!, $outcomesAfter: String,
    $tenantsFirst: Int!, $tenantsAfter: String,
    $isConflicts: Boolean!,
    $isRevisions: Boolean!, $revisionsLast: Int!, $revisionsBefore: String
  ) {
    deployment(id: $id, asOf: $asOf) {
      uuid enforcement origin recommendation
      software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name }
      desired { text }
      parameters { ...ToldToTask }
      target {
        text missing
        scope { singleTenant { tenant { uuid name } } computer { uuid name } person { uuid name } }
        membership { group { uuid name } expression }
      }
      created { ...Changed }
      changed { ...Changed }
      wins: outcomes(outcome: WINS, tenantId: $tenant, first: 1) @include(if: $isOutcomes) { totalCount }
      loses: outcomes(outcome: LOSES, tenantId: $tenant, first: 1) @include(if: $isOutcomes) { totalCount }
      elsewhere: outcomes(outcome: DOES_NOT_APPLY, tenantId: $tenant, first: 1) @include(if: $isOutcomes) { totalCount }
      conflictCount
      outcomesByTenant(first: $tenantsFirst, after: $tenantsAfter) @include(if: $isOutcomes) { ...DeploymentOutcomesByTenant }
      outcomes(outcome: $outcome, tenantId: $tenant, first: $outcomesFirst, after: $outcomesAfter) @include(if: $isOutcomes) { ...DeploymentOutcomes }
      conflicts(first: 50) @include(if: $isConflicts) { ...DeploymentConflicts }
      newest: revisions(last: 1) { nodes { event { reason } } }
      revisions(last: $revisionsLast, before: $revisionsBefore) @include(if: $isRevisions) { ...DeploymentRevisions }
      ...DeploymentInForce
      ...ActedOn
      ...RevisedDeployment
    }
  }
`,
  [
    changeFragment,
    statusFragment,
    actedOnFragment,
    outcomesFragment,
    conflictsFragment,
    outcomesByTenantFragment,
    revisedFragment,
    revisionsFragment,
    whichFragment,
    toldFragment,
  ],
);

type Shown = NonNullable<ResultOf<typeof deploymentQuery>['deployment']>;

const CONCERNS = ['DEPLOYMENT', 'SOFTWARE', 'TASK', 'CLOUD_TASK', 'COMPUTER', 'TENANT', 'PERSON', 'GROUP', 'AGREEMENT'];

/** The tab that is there unless another one is asked for. */
const OUTCOMES_TAB = 'outcomes';

const route = getRouteApi('/deployments/$id');

export function DeploymentPage() {
  const { id } = route.useParams();
  // Another deployment is another page: nothing of the one before is shown under its address.
  return <OneDeployment key={id} id={id} />;
}

function OneDeployment({ id }: { id: string }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/deployments/$id' });
  const { tab, outcome, tenant } = search;
  const outcomes = useCursors(`${outcome} ${tenant}`);
  const tenants = useCursors('tenants');
  const revisions = useCursors('revisions');
  const variables = {
    id,
    isOutcomes: tab === undefined,
    outcome,
    tenant,
    tenantsFirst: TENANTS_SHOWN,
    tenantsAfter: tenants.after,
    outcomesFirst: OUTCOMES_SHOWN,
    outcomesAfter: outcomes.after,
    isConflicts: tab === 'conflicts',
    isRevisions: tab === 'revisions',
    // One more than is shown: what a revision changed is told by the one before it.
    revisionsLast: REVISIONS_SHOWN + 1,
    revisionsBefore: revisions.after,
  };
  const page = usePage(deploymentQuery, variables, { concerns: CONCERNS, keep: true });
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });

  return (
    <PageBody page={page}>
      {({ deployment }) =>
        deployment ? (
          <div className="stack">
            <Head deployment={deployment} />
            <DeploymentActions of={deployment} asked={search.do} ask={(act) => change({ do: act })} />
            <What deployment={deployment} />
            <Tabs
              value={tab ?? OUTCOMES_TAB}
              onChange={(chosen) => change({ tab: TABS.find((known) => known === chosen), outcome: undefined, tenant: undefined })}
              keepMounted={false}
            >
              <Tabs.List>
                <Tabs.Tab value={OUTCOMES_TAB}>Where it wins and loses</Tabs.Tab>
                <Tabs.Tab value="conflicts">Conflicts ({deployment.conflictCount})</Tabs.Tab>
                <Tabs.Tab value="revisions">Revisions</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value={OUTCOMES_TAB} pt="sm">
                {deployment.cloudTask && <OfTenants />}
                {deployment.outcomes && !deployment.cloudTask && (
                  <div className="stack">
                    {deployment.outcomesByTenant && <OutcomesByTenant of={deployment.outcomesByTenant} cursors={tenants} />}
                    <Outcomes
                      of={deployment.outcomes}
                      optional={deployment.enforcement === 'OPTIONAL' ? deployment.uuid : undefined}
                      target={deployment.target.text}
                      counts={{ WINS: deployment.wins?.totalCount, LOSES: deployment.loses?.totalCount, DOES_NOT_APPLY: deployment.elsewhere?.totalCount }}
                      chosen={outcome}
                      choose={(outcome) => change({ outcome })}
                      tenant={tenant}
                      chooseTenant={(tenant) => change({ tenant })}
                      cursors={outcomes}
                    />
                  </div>
                )}
              </Tabs.Panel>
              <Tabs.Panel value="conflicts" pt="sm">
                {deployment.conflicts && <Conflicts of={deployment.conflicts} />}
              </Tabs.Panel>
              <Tabs.Panel value="revisions" pt="sm">
                {deployment.revisions && <Revisions of={deployment} revisions={deployment.revisions} cursors={revisions} ask={(act) => change({ do: act })} />}
              </Tabs.Panel>
            </Tabs>
          </div>
        ) : (
          <Missing what="deployment" />
        )
      }
    </PageBody>
  );
}

/** The API tells outcomes of computers; those of tenants are told by each tenant. */
function OfTenants() {
  return (
    <p className="card">
      A cloud task is of tenants, not of computers: the page of each of the <PathLink to="/tenants">tenants</PathLink> says which deployment wins there, and
      why.
    </p>
  );
}

function Head({ deployment }: { deployment: Shown }) {
  const { desired, target, enforcement } = deployment;
  const item = itemIn(deployment)?.name ?? 'The item';
  return (
    <div className="bar">
      <h1 className={css.sentence}>{says({ item, desired: desired.text, target: target.text, enforcement })}</h1>
      <DeploymentStatus of={deployment} />
    </div>
  );
}

function What({ deployment }: { deployment: Shown }) {
  const { uuid, target, enforcement, origin, recommendation, created, changed, newest } = deployment;
  const reason = newest.nodes[0]?.event?.reason;
  const { singleTenant, computer, person } = target.scope;
  const { group, expression } = target.membership;
  return (
    <section className="card" aria-label="What it is">
      <Facts>
        <Fact name="Item">
          <ItemLink of={deployment} />
        </Fact>
        {deployment.task && (
          <Fact name="Tells its task">
            <Tells of={deployment} />
          </Fact>
        )}
        {singleTenant?.tenant && (
          <Fact name="Tenant">
            <PathLink to={`/tenants/${singleTenant.tenant.uuid}`}>{singleTenant.tenant.name}</PathLink>
          </Fact>
        )}
        {computer && (
          <Fact name="Computer">
            <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>
          </Fact>
        )}
        {person && (
          <Fact name="Person">
            <PathLink to={`/people/${person.uuid}`}>{person.name}</PathLink>
          </Fact>
        )}
        {group && (
          <Fact name="Group">
            <PathLink to={`/groups/${group.uuid}`}>{group.name}</PathLink>
          </Fact>
        )}
        {expression && (
          <Fact name="Expression">
            <code className="mono break">{expression}</code>
          </Fact>
        )}
        {target.missing && (
          <Fact name="Missing">{`The ${sentence(target.missing).toLowerCase()} that it names is not there any more: it matches nothing.`}</Fact>
        )}
        <Fact name="Enforcement">
          {ENFORCEMENTS[enforcement].name}: {ENFORCEMENTS[enforcement].means}
        </Fact>
        <Fact name="Origin">
          {origin === 'LOCAL' ? 'Written here' : 'A catalogue recommends it'}
          {recommendation && `; ${sentence(recommendation).toLowerCase()}`}
        </Fact>
        <Fact name="Created">
          <Changed change={created} />
        </Fact>
        <Fact name="Last changed">
          <Changed change={changed} />
          {reason && (
            <>
              {': '}
              <q className="break">{reason}</q>
            </>
          )}
        </Fact>
        <Fact name="Id">
          <span className="mono break">{uuid}</span>
        </Fact>
      </Facts>
    </section>
  );
}

function Tells({ of: { parameters } }: { of: Pick<Shown, 'parameters'> }) {
  const told = toldIn(parameters);
  const names = useNamesIn(told);
  if (told.length === 0) return <span className="dimmed">nothing: what the task says for itself counts</span>;
  return (
    <ul className="plain break">
      {told.map(({ name, value }) => (
        <li key={name}>
          {name}: {valueWords(value, names)}
        </li>
      ))}
    </ul>
  );
}
