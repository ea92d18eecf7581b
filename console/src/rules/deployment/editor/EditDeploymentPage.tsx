import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { changeFragment } from '~/access/actor/Changed.tsx';
import { PAST } from '~/kit/action/Action.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { refusalOf } from '~/kit/action/refusal.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useChange } from '~/kit/api/useChange.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Empty, Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { capital } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Conflict } from './Conflict.tsx';
import { Editor } from './Editor.tsx';
import { changedParts, draftFragment, draftOf } from './input.ts';
import { useLeaveGuard } from './LeaveGuard.tsx';
import { changeDeployment } from './mutations.ts';
import { Saved } from './Saved.tsx';
import { useDraft } from './useDraft.ts';

const editQuery = graphql(
  `
  query EditDeployment($id: ID!, $asOf: AsOfInput) {
    deployment(id: $id, asOf: $asOf) { uuid revision status may { ...May } changed { ...Changed } ...DraftOfDeployment }
  }
`,
  [changeFragment, draftFragment, mayFragment],
);

type Edited = NonNullable<ResultOf<typeof editQuery>['deployment']>;

const route = getRouteApi('/deployments/$id/edit');

export function EditDeploymentPage() {
  const { id } = route.useParams();
  return useMoment() ? (
    <Empty title="Nothing can be changed in the past" isPage>
      {PAST}
    </Empty>
  ) : (
    <OneDeployment key={id} id={id} />
  );
}

function OneDeployment({ id }: { id: string }) {
  const page = usePage(editQuery, { id }, { concerns: ['DEPLOYMENT'] });
  return (
    <PageBody page={page}>
      {({ deployment }) => {
        if (!deployment) return <Missing what="deployment" />;
        if (deployment.status === 'DELETED') return <Deleted id={id} />;
        const refusal = refusalOf(possible(deployment.may, 'changeDeployment'));
        if (refusal) return <Refused id={id} why={refusal} />;
        return <Editing deployment={deployment} again={page.again} />;
      }}
    </PageBody>
  );
}

function Deleted({ id }: { id: string }) {
  const like = (
    <PathLink to="/deployments/new" search={{ from: id }}>
      Make a new one like it
    </PathLink>
  );
  return (
    <Empty title="It was deleted" action={like} isPage>
      A deleted deployment cannot be changed any more.
    </Empty>
  );
}

/** Whoever was led here by an address learns it before anything is written. */
function Refused({ id, why }: { id: string; why: string }) {
  return (
    <Empty title="You may not change it" action={<PathLink to={`/deployments/${id}`}>Look at it</PathLink>} isPage>
      {capital(why)}.
    </Empty>
  );
}

function Editing({ deployment, again }: { deployment: Edited; again: () => void }) {
  const { uuid, revision } = deployment;
  const theirs = useMemo(() => ({ revision: deployment.revision, draft: draftOf(deployment) }), [deployment]);
  const drafting = useDraft(uuid, theirs);
  const { guard, pass } = useLeaveGuard(drafting);
  const navigate = useNavigate();
  const { send, outcome, isBusy, reset } = useChange(changeDeployment);
  const { base, draft, isDirty, rebase } = drafting;
  const isBehind = base.revision !== revision;
  const isConflict = isBehind && isDirty && Object.keys(changedParts(base.draft, theirs.draft)).length > 0;

  // Where nothing was typed, or they changed none of the parts that are edited here, there is nothing to decide.
  useEffect(() => {
    if (isBehind && !isConflict) rebase(theirs, isDirty ? draft : theirs.draft);
  }, [isBehind, isConflict, isDirty, theirs, draft, rebase]);

  const parts = () => changedParts(base.draft, draft);
  const save = async (reason: string | undefined, confirmImpact: number | undefined) => {
    const came = await send((commandId) => ({
      input: { id: uuid, ...parts(), confirmImpact, options: { commandId, reason, expectedRevision: base.revision } },
    }));
    // What they made of it is read; it stands beside what was typed then.
    if (came.kind === 'refused' && came.errors.some(({ code }) => code === 'REVISION_CONFLICT')) again();
    const saved = came.kind === 'done' ? came.payload.deployment : undefined;
    if (saved) {
      pass();
      tell(`Saved: it is for ${saved.target.text}`, <Saved id={uuid} conflicts={saved.conflictCount} />);
      void navigate({ to: '/deployments/$id', params: { id: uuid } });
    }
    return came;
  };

  return (
    <>
      <Editor
        title={`Edit the deployment of ${draft.item?.name ?? 'an item'}`}
        drafting={drafting}
        isNew={false}
        changeOf={() => (Object.keys(parts()).length > 0 ? { changeDeployment: { id: uuid, ...parts() } } : undefined)}
        saving={{ verb: 'Save', send: save, outcome, isBusy, reset }}
        note={deployment.status === 'DISABLED' ? 'It is disabled: what you save acts once it is enabled.' : undefined}
        conflict={isConflict ? <Conflict drafting={drafting} theirs={theirs} changed={deployment.changed} /> : undefined}
      />
      {guard}
    </>
  );
}
