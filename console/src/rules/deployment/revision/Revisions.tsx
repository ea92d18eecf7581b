// How a deployment came to say what it says: each change with who, when, why and what, and the ways back.
import { useState } from 'react';
import { mayFragment } from '~/kit/action/may.ts';
import { SaidOnce } from '~/kit/action/Refusals.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { draftFragment, draftOf } from '../editor/input.ts';
import type { Act } from '../search.ts';
import { BackDialog, type Goal } from './BackDialog.tsx';
import { RevisionRow } from './RevisionRow.tsx';
import css from './revision.module.css';
import { isNext, revisionFragment, saidIn } from './said.ts';

/** Revisions that are shown at once. */
export const REVISIONS_SHOWN = 8;

export const revisedFragment = graphql('fragment RevisedDeployment on Deployment { uuid revision status recommendation may { ...May } ...DraftOfDeployment }', [
  draftFragment,
  mayFragment,
]);

/** The oldest first, with one more than is shown: what a revision changed is told by the one before it. */
export const revisionsFragment = graphql(
  'fragment DeploymentRevisions on DeploymentRevisionConnection { totalCount edges { cursor node { ...RevisionOfDeployment } } }',
  [revisionFragment],
);

interface Props {
  of: FragmentOf<typeof revisedFragment>;
  revisions: FragmentOf<typeof revisionsFragment>;
  cursors: Cursors;
  /** Asks for what takes back that it was enabled, approved and the like. */
  ask: (act: Act) => void;
}

export function Revisions({ of, revisions, cursors, ask }: Props) {
  const deployment = readFragment(revisedFragment, of);
  const { edges, totalCount } = readFragment(revisionsFragment, revisions);
  const [goal, setGoal] = useState<Goal>();
  const draft = draftOf(deployment);
  const newestFirst = edges.toReversed().map(({ cursor, node }) => ({ cursor, revision: node, said: saidIn(node, draft) }));
  const shown = newestFirst.slice(0, REVISIONS_SHOWN);
  return (
    <section className="card stack" aria-label="Revisions">
      <SaidOnce>
        <ol className={css.list} reversed>
          {shown.map(({ revision, said }, index) => {
            const before = newestFirst[index + 1]?.said;
            return (
              <RevisionRow
                key={revision.revision}
                deployment={deployment}
                now={{ ...deployment, draft }}
                revision={revision}
                said={said}
                before={before && isNext(before, said) ? before : undefined}
                isNewest={index === 0 && cursors.passed === 0}
                ask={ask}
                go={setGoal}
              />
            );
          })}
        </ol>
      </SaidOnce>
      <Pager
        label="revisions"
        cursors={cursors}
        size={REVISIONS_SHOWN}
        shown={shown.length}
        total={totalCount}
        endCursor={shown.at(-1)?.cursor}
        hasNext={edges.length > REVISIONS_SHOWN}
      />
      <p className="small">
        <PathLink to="/events" search={{ stream: `deployment-${deployment.uuid}` }}>
          All its events
        </PathLink>
      </p>
      {goal && <BackDialog of={deployment} goal={goal} close={() => setGoal(undefined)} />}
    </section>
  );
}
