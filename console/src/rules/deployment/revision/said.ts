// What a deployment said from one of its revisions on, with what led to it.
import { actorFields } from '~/access/actor/By.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import type { Draft } from '../editor/draft.ts';
import { draftThen, targetFragment } from '../editor/input.ts';
import { toldFragment } from '../told.ts';

export const revisionFragment = graphql(
  `
  fragment RevisionOfDeployment on DeploymentRevision @_unmask {
    revision changed enforcement status
    made { at position by { ...ActorFields } }
    event { position type reason }
    target { text ...TargetOfDraft }
    desired { kind version }
    parameters { ...ToldToTask }
  }
`,
  [actorFields, targetFragment, toldFragment],
);

export type Revision = ResultOf<typeof revisionFragment>;
export type Part = Revision['changed'][number];

/** As far as it is compared. */
export interface Said extends Pick<Revision, 'revision' | 'changed' | 'status'> {
  target: { text: string };
  /** The event's type is the only one who tells what was decided of a recommendation. */
  event: { type: string } | null;
  draft: Draft;
}

/** `now` is the deployment as it is: its item is the same in each revision. */
export function saidIn(revision: Revision, now: Draft): Said {
  return { ...revision, draft: draftThen(now, revision) };
}

const DECISIONS: Readonly<Record<string, 'APPROVED' | 'DISMISSED'>> = { RecommendationApproved: 'APPROVED', RecommendationDismissed: 'DISMISSED' };

/** What was decided of a recommendation, if that is what was changed and the viewer may know. */
export function decisionIn({ changed, event }: Pick<Said, 'changed' | 'event'>): 'APPROVED' | 'DISMISSED' | undefined {
  return changed.includes('RECOMMENDATION') && event ? DECISIONS[event.type] : undefined;
}

/**
 * Whether one follows right on the other. What was for others than the viewer may see is not told; a revision counts what was changed, so that
 * something is missing between the two if more was.
 */
export function isNext(before: Pick<Said, 'revision'>, said: Pick<Said, 'revision' | 'changed'>): boolean {
  return said.revision - before.revision === said.changed.length;
}
