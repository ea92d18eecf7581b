import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Loading, Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { useCursors } from '~/kit/table/Pager.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { plural, sentence } from '~/kit/text/words.ts';
import { DeploymentsOfItem, deploymentsOfItemFragment } from '~/rules/deployment/DeploymentsOfItem.tsx';
import { ComputersTab } from '../compliance/ComputersTab.tsx';
import { Notes } from '../notes/Notes.tsx';
import { ChooseConcurrency, DeployTask, RenameTask, WriteTaskNotes } from './actions.tsx';
import { Modes } from './Modes.tsx';
import { ParametersTab } from './parameter/ParametersTab.tsx';
import { parameterFragment, parametersIn } from './parameter/parameter.ts';
import { ScriptsTab } from './ScriptsTab.tsx';
import { taskScriptFragment } from './scripts.ts';
import { TABS } from './search.ts';
import { Turn, turnFragment } from './Turn.tsx';
import { VALUES_SHOWN, ValuesTab, valueHistoryFragment, valuesFragment } from './ValuesTab.tsx';

const taskQuery = graphql(
  `
    query Task(
      $id: ID!, $stream: String!, $asOf: AsOfInput
      $isValues: Boolean!, $isDeployments: Boolean!, $isHistory: Boolean!
      $tenant: ID, $first: Int!, $after: String, $computer: ID!, $isOfComputer: Boolean!
    ) {
      task(id: $id, asOf: $asOf) {
        uuid name notes modes concurrency reach revision
        may { ...May }
        scripts { ...TaskScriptInFull }
        parameters { ...ParameterOfTask }
        changed { ...Changed }
        created { ...Changed }
        ...TurnOfTask
        values(tenantId: $tenant, first: $first, after: $after) @include(if: $isValues) { ...TaskValues }
        valueHistory(computerId: $computer, last: 50) @include(if: $isOfComputer) { ...TaskValueHistory }
      }
      computer(id: $computer, asOf: $asOf) @include(if: $isOfComputer) { uuid name }
      deployments(filter: { taskId: $id }, first: 25, asOf: $asOf) @include(if: $isDeployments) { ...DeploymentsOfItem }
      events(filter: { stream: $stream }, first: 50, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) @include(if: $isHistory) {
        nodes { ...EventRow }
      }
    }
  `,
  [
    changeFragment,
    mayFragment,
    taskScriptFragment,
    parameterFragment,
    turnFragment,
    valuesFragment,
    valueHistoryFragment,
    deploymentsOfItemFragment,
    eventRowFields,
  ],
);

type Data = ResultOf<typeof taskQuery>;
type Task = NonNullable<Data['task']>;

const CONCERNS = ['TASK', 'DEPLOYMENT', 'COMPUTER', 'MAINTENANCE_SESSION', 'TENANT'];
const route = getRouteApi('/tasks/$id');

export function TaskPage() {
  const { id } = route.useParams();
  // Another task is another page: nothing of the one before is shown under its address.
  return <OneTask key={id} id={id} />;
}

function OneTask({ id }: { id: string }) {
  const { tab = 'scripts', tenant, computer } = route.useSearch();
  const cursors = useCursors(tenant ?? '');
  const isValues = tab === 'values';
  const variables = {
    id,
    stream: `task-${id}`,
    isValues,
    isDeployments: tab === 'deployments',
    isHistory: tab === 'history',
    tenant,
    first: VALUES_SHOWN,
    after: cursors.after,
    computer: computer ?? '',
    isOfComputer: isValues && computer !== undefined,
  };
  const page = usePage(taskQuery, variables, { concerns: CONCERNS, keep: true });
  return (
    <PageBody page={page}>
      {(data) => {
        const { task } = data;
        if (!task) return <Missing what="task" />;
        return (
          <div className="stack">
            <Head task={task} />
            <Parts task={task} data={data} position={page.position} values={<Values task={task} data={data} cursors={cursors} isKept={page.isKept} />} />
          </div>
        );
      }}
    </PageBody>
  );
}

function Head({ task }: { task: Task }) {
  return (
    <>
      <div className="bar">
        <h1 className="break">{task.name}</h1>
        <span className="grow" />
        <Actions>
          <DeployTask task={task} />
          <RenameTask task={task} />
          <WriteTaskNotes task={task} />
          <ChooseConcurrency task={task} />
        </Actions>
      </div>
      <Facts>
        <Fact name="Modes">
          <Modes of={task} />
        </Fact>
        <Fact name="Its scripts run on">
          {plural(task.reach, 'computer')}
          <div className="dimmed small">where a deployment that wins names it and does not leave it alone</div>
        </Fact>
        <Fact name="Set at once on">
          <Turn of={task} />
        </Fact>
        <Fact name="Created">
          <Changed change={task.created} />
        </Fact>
        <Fact name="Changed">
          <Changed change={task.changed} />
        </Fact>
      </Facts>
      {task.notes && <Notes notes={task.notes} />}
    </>
  );
}

interface PartsProps {
  task: Task;
  data: Data;
  position: string | undefined;
  values: ReactNode;
}

function Parts({ task, data: { deployments, events }, position, values }: PartsProps) {
  const { tab = 'scripts' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Tabs value={tab} onChange={(value) => void navigate({ search: (before) => ({ ...before, tab: value as typeof tab }), replace: true })} keepMounted={false}>
      <Tabs.List>
        {TABS.map((value) => (
          <Tabs.Tab key={value} value={value}>
            {sentence(value)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="scripts" pt="sm">
        <ScriptsTab task={task} />
      </Tabs.Panel>
      <Tabs.Panel value="parameters" pt="sm">
        <ParametersTab task={task} parameters={parametersIn(task.parameters)} />
      </Tabs.Panel>
      <Tabs.Panel value="computers" pt="sm">
        <ComputersTab item={{ kind: 'task', ...task }} position={position} />
      </Tabs.Panel>
      <Tabs.Panel value="values" pt="sm">
        {values}
      </Tabs.Panel>
      <Tabs.Panel value="deployments" pt="sm">
        {deployments ? <DeploymentsOfItem deployments={deployments} all={{ task: task.uuid }} /> : <Loading />}
      </Tabs.Panel>
      <Tabs.Panel value="history" pt="sm">
        {events ? (
          <section className="card">
            <h2>What happened to it</h2>
            <EventRows events={events.nodes} label="What happened" isOfOne />
          </section>
        ) : (
          <Loading />
        )}
      </Tabs.Panel>
    </Tabs>
  );
}

interface ValuesProps {
  task: Task;
  data: Data;
  cursors: ReturnType<typeof useCursors>;
  /** Whether it is of what was asked before: then the history is of another computer. */
  isKept: boolean;
}

function Values({ task, data, cursors, isKept }: ValuesProps) {
  const { tenant, computer } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: { tenant?: string | undefined; computer?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  if (!task.values) return <Loading />;
  return (
    <ValuesTab
      task={task}
      values={task.values}
      cursors={cursors}
      tenant={tenant}
      chooseTenant={(tenant) => change({ tenant })}
      history={computer === undefined ? undefined : { of: isKept ? undefined : data.computer, values: isKept ? undefined : task.valueHistory }}
      close={() => change({ computer: undefined })}
    />
  );
}
