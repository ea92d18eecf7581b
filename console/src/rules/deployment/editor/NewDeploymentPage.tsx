import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMakes } from '~/access/may/useMakes.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { PAST } from '~/kit/action/Action.tsx';
import { refusalOf } from '~/kit/action/refusal.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useChange } from '~/kit/api/useChange.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Empty, Loading, PageBody } from '~/kit/state/PageBody.tsx';
import { capital } from '~/kit/text/words.ts';
import type { newDeploymentSearch } from '../search.ts';
import type { Draft } from './draft.ts';
import { Editor } from './Editor.tsx';
import { chosen, draftFragment, draftOf, itemOf, ruleOf, subjectOf } from './input.ts';
import { useLeaveGuard } from './LeaveGuard.tsx';
import { createDeployment } from './mutations.ts';
import { Saved } from './Saved.tsx';
import { startOf } from './start.ts';
import { useDraft } from './useDraft.ts';

/** What the address names. An id that is not given is never sent for: `@include` leaves its question out. */
const startQuery = graphql(
  `
  query NewDeployment(
    $from: ID!, $isLike: Boolean!, $software: ID!, $isOfSoftware: Boolean!, $task: ID!, $isOfTask: Boolean!, $tenant: ID!, $isForTenant: Boolean!,
    $computer: ID!, $isForComputer: Boolean!, $person: ID!, $isForPerson: Boolean!, $asOf: AsOfInput
  ) {
    deployment(id: $from, asOf: $asOf) @include(if: $isLike) { ...DraftOfDeployment }
    software(id: $software, asOf: $asOf) @include(if: $isOfSoftware) { uuid name ...WhichSoftware }
    task(id: $task, asOf: $asOf) @include(if: $isOfTask) { uuid name modes }
    tenant(id: $tenant, asOf: $asOf) @include(if: $isForTenant) { uuid name }
    computer(id: $computer, asOf: $asOf) @include(if: $isForComputer) { uuid name }
    person(id: $person, asOf: $asOf) @include(if: $isForPerson) { uuid name }
    server(asOf: $asOf) { position }
  }
`,
  [draftFragment, whichFragment],
);

type Search = ReturnType<typeof newDeploymentSearch>;

export function NewDeploymentPage() {
  const { from, software, task, tenant, computer, person, filter } = useSearch({ from: '/deployments/new' });
  const named = { from, software, task, tenant, computer, person, filter };
  const name = JSON.stringify(named);
  const may = useMakes(tenant)('createDeployment');
  const refusal = refusalOf(may);
  const isPast = useMoment() !== undefined;
  if (may?.isAwaited && !isPast) return <Loading />;
  if (refusal && !isPast) {
    // Whoever was led here by an address learns it before anything is written.
    return (
      <Empty title="You may not write a deployment" isPage>
        {capital(refusal)}.
      </Empty>
    );
  }
  return isPast ? (
    <Empty title="Nothing can be written in the past" isPage>
      {PAST}
    </Empty>
  ) : (
    <Start key={name} name={`new ${name}`} named={named} />
  );
}

function Start({ name, named }: { name: string; named: Search }) {
  const { from, software, task, tenant, computer, person, filter } = named;
  const variables = {
    from: from ?? '',
    isLike: from !== undefined,
    software: software ?? '',
    isOfSoftware: software !== undefined,
    task: task ?? '',
    isOfTask: task !== undefined,
    tenant: tenant ?? '',
    isForTenant: tenant !== undefined,
    computer: computer ?? '',
    isForComputer: computer !== undefined,
    person: person ?? '',
    isForPerson: person !== undefined,
  };
  // A beginning: what happens to it later is no concern of the draft.
  const page = usePage(startQuery, variables, { concerns: [] });
  return <PageBody page={page}>{(start) => <Writing name={name} start={draftFrom(start, filter)} isLike={from !== undefined} />}</PageBody>;
}

function draftFrom({ deployment, software, task, tenant, computer, person }: ResultOf<typeof startQuery>, filter: Search['filter']): Draft {
  return startOf({
    like: deployment ? draftOf(deployment) : undefined,
    item: itemOf({ software: software ?? null, task: task ?? null }),
    state: task?.modes[0],
    tenant: chosen(tenant, undefined),
    computer: chosen(computer, undefined),
    person: chosen(person, undefined),
    filter,
  });
}

function Writing({ name, start, isLike }: { name: string; start: Draft; isLike: boolean }) {
  const drafting = useDraft(name, { draft: start });
  const { guard, pass } = useLeaveGuard(drafting);
  const navigate = useNavigate();
  const { send, outcome, isBusy, reset } = useChange(createDeployment);
  const { draft } = drafting;
  const input = () => ({ ...subjectOf(draft), ...ruleOf(draft) });

  const save = async (reason: string | undefined, confirmImpact: number | undefined) => {
    const came = await send((commandId) => ({ input: { ...input(), confirmImpact, options: { commandId, reason } } }));
    const made = came.kind === 'done' ? came.payload.deployment : undefined;
    if (made) {
      pass();
      tell(`Created for ${made.target.text}`, <Saved id={made.uuid} conflicts={made.conflictCount} />);
      void navigate({ to: '/deployments/$id', params: { id: made.uuid } });
    }
    return came;
  };

  return (
    <>
      <Editor
        title={isLike ? 'New deployment, like another one' : 'New deployment'}
        drafting={drafting}
        isNew
        changeOf={() => ({ createDeployment: input() })}
        saving={{ verb: 'Create', send: save, outcome, isBusy, reset }}
      />
      {guard}
    </>
  );
}
