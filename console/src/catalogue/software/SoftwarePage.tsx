import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Loading, Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { plural, sentence } from '~/kit/text/words.ts';
import { DeploymentsOfItem, deploymentsOfItemFragment } from '~/rules/deployment/DeploymentsOfItem.tsx';
import { needsFragment, PrerequisitesTab } from '~/rules/prerequisite/PrerequisitesTab.tsx';
import { ComputersTab } from '../compliance/ComputersTab.tsx';
import { Notes } from '../notes/Notes.tsx';
import { ofRole } from '../script/roles.ts';
import { ScriptView } from '../script/ScriptView.tsx';
import { scriptFragment } from '../script/script.ts';
import { NamePublisher, WriteSoftwareNotes } from './about.tsx';
import { RenameSoftware, type SoftwareSeen } from './actions.tsx';
import { Described } from './Described.tsx';
import { ChangeDetection } from './detection/ChangeDetection.tsx';
import { Origin } from './Origin.tsx';
import { originFragment } from './origin.ts';
import { CopySoftware, Deploy } from './originActions.tsx';
import { ProgramMatch, programFragment } from './ProgramMatch.tsx';
import { PublishVersion } from './PublishVersion.tsx';
import { ScriptsTab } from './ScriptsTab.tsx';
import { roleScriptFragment } from './scripts.ts';
import { TABS } from './search.ts';
import { VersionsTab, versionsFragment } from './VersionsTab.tsx';

const softwareQuery = graphql(
  `
    query Software($id: ID!, $stream: String!, $prerequisites: Boolean!, $deployments: Boolean!, $history: Boolean!, $asOf: AsOfInput) {
      software(id: $id, asOf: $asOf) {
        uuid name reach revision latestVersion
        may { ...May }
        detection { ...ScriptInFull }
        detectionProgram { ...ProgramOfSoftware }
        homepage licence tags
        ...OriginOfSoftware
        publisher notes upgradeStrategy repairStrategy exitCodes { success reboot }
        scripts { ...RoleScript }
        changed { ...Changed } created { ...Changed }
        ...Versions
      }
      needing: software(id: $id, asOf: $asOf) @include(if: $prerequisites) { ...NeedsOfSoftware }
      deployments(filter: { softwareId: $id }, first: 25, asOf: $asOf) @include(if: $deployments) { ...DeploymentsOfItem }
      events(filter: { stream: $stream }, first: 50, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) @include(if: $history) {
        nodes { ...EventRow }
      }
    }
  `,
  [
    changeFragment,
    mayFragment,
    scriptFragment,
    programFragment,
    originFragment,
    roleScriptFragment,
    versionsFragment,
    needsFragment,
    deploymentsOfItemFragment,
    eventRowFields,
  ],
);

const CONCERNS = ['SOFTWARE', 'PREREQUISITES', 'DEPLOYMENT', 'COMPUTER', 'MAINTENANCE_SESSION', 'TENANT'];
const route = getRouteApi('/software/$id');

export function SoftwarePage() {
  const { id } = route.useParams();
  // Another software is another page: nothing of the one before is shown under its address.
  return <OneSoftware key={id} id={id} />;
}

function OneSoftware({ id }: { id: string }) {
  const { tab = 'versions' } = route.useSearch();
  const variables = {
    id,
    stream: `software-${id}`,
    prerequisites: tab === 'prerequisites',
    deployments: tab === 'deployments',
    history: tab === 'history',
  };
  const page = usePage(softwareQuery, variables, { concerns: CONCERNS, keep: true });
  return (
    <PageBody page={page}>
      {(data) => (data.software ? <Shown data={data} software={data.software} position={page.position} /> : <Missing what="software" />)}
    </PageBody>
  );
}

type Data = ResultOf<typeof softwareQuery>;
type Software = NonNullable<Data['software']>;

function Shown({ data, software, position }: { data: Data; software: Software; position: string | undefined }) {
  const isAsked = ofRole(software.scripts, 'AVAILABLE') !== undefined;
  const { tab = 'versions' } = route.useSearch();
  const navigate = route.useNavigate();
  const seen: SoftwareSeen = software;
  const { nodes: versions, totalCount } = readFragment(versionsFragment, software).versions;
  return (
    <div className="stack">
      <div className="bar">
        <h1>{software.name}</h1>
        <span className="grow" />
        <Actions>
          <Deploy software={software} />
          {software.origin && <CopySoftware software={seen} />}
          <PublishVersion software={seen} scripts={software.scripts} versions={versions} />
          <ChangeDetection software={seen} />
          <RenameSoftware software={seen} />
          <NamePublisher software={seen} />
          <WriteSoftwareNotes software={seen} />
        </Actions>
      </div>
      <Facts>
        <Fact name="From">
          <Origin of={software} />
        </Fact>
        <Fact name="Publisher">{software.publisher ?? <span className="dimmed">nobody is named</span>}</Fact>
        <Fact name="Latest version">{software.latestVersion ?? (isAsked ? 'each computer says what it can get' : 'none is published')}</Fact>
        <Fact name="Versions">{plural(totalCount ?? versions.length, 'version')}</Fact>
        <Fact name="Its scripts run on">
          {plural(software.reach, 'computer')}
          <div className="dimmed small">where a deployment that wins names it, or what needs it, and does not leave it alone</div>
        </Fact>
        <Described software={software} />
        <Fact name="Changed">
          <Changed change={software.changed} />
        </Fact>
      </Facts>
      {software.notes && <Notes notes={software.notes} />}
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: (before) => ({ ...before, tab: value as typeof tab }), replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((value) => (
            <Tabs.Tab key={value} value={value}>
              {sentence(value)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="versions" pt="sm">
          <VersionsTab software={seen} scripts={software.scripts} versions={software} />
        </Tabs.Panel>
        <Tabs.Panel value="scripts" pt="sm">
          <ScriptsTab
            software={seen}
            scripts={software.scripts}
            versions={versions}
            total={totalCount ?? versions.length}
            latest={versions.find(({ version }) => version === software.latestVersion)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="detection" pt="sm">
          <section className="card">
            <h2>How it is detected</h2>
            {software.detection ? (
              <ScriptView label={`Detection of ${software.name}`} script={software.detection} />
            ) : software.detectionProgram ? (
              <ProgramMatch program={software.detectionProgram} />
            ) : (
              <p className="dimmed">Your role may not see how it is detected.</p>
            )}
          </section>
        </Tabs.Panel>
        <Tabs.Panel value="prerequisites" pt="sm">
          {data.needing ? <PrerequisitesTab software={seen} needs={data.needing} position={position} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="computers" pt="sm">
          <ComputersTab item={{ kind: 'software', ...software }} isAsked={isAsked} position={position} />
        </Tabs.Panel>
        <Tabs.Panel value="deployments" pt="sm">
          {data.deployments ? <DeploymentsOfItem deployments={data.deployments} all={{ software: software.uuid }} /> : <Loading />}
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="sm">
          {data.events ? (
            <section className="card">
              <h2>What happened to it</h2>
              <EventRows events={data.events.nodes} label="What happened" isOfOne />
            </section>
          ) : (
            <Loading />
          )}
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
