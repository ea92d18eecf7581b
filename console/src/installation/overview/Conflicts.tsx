import { itemIn } from '~/catalogue/item/item.ts';
import { Which } from '~/catalogue/item/Which.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Card } from '~/kit/state/Card.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { conflictsOf } from './conflictsOf.ts';

const conflictsQuery = graphql(
  `
  query OverviewConflicts($first: Int, $asOf: AsOfInput) {
    deployments(first: $first, orderBy: { field: CONFLICT_COUNT, direction: DESC }, asOf: $asOf) {
      totalCount
      nodes { uuid software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } target { text } conflictCount conflicts(first: 1) { nodes { computerCount targetText deployment { uuid } } } }
    }
  }
`,
  [whichFragment],
);
/** How many deployments are read, those with the most conflicts first. */
const READ = 20;

type Deployments = NonNullable<ResultOf<typeof conflictsQuery>['deployments']>;

/** Where one deployment wins only by being newer than one that says something else. */
export function Conflicts({ position }: { position: string | undefined }) {
  const read = useBeside(conflictsQuery, { first: READ }, position, { isCostly: true });
  return (
    <Card title="Conflicts between deployments" failure={read.failure} again={read.again} of={read.data?.deployments} behind={read.behind} lines={3}>
      {(deployments) => <Found deployments={deployments} />}
    </Card>
  );
}

function Found({ deployments }: { deployments: Deployments }) {
  const { nodes, totalCount } = deployments;
  const found = conflictsOf(nodes);
  // Those that were not read have as many as the last one, at most.
  const hasMore = (totalCount ?? 0) > nodes.length && (nodes.at(-1)?.conflictCount ?? 0) > 0;
  return (
    <>
      {found.length === 0 && <p className="small dimmed">None: nowhere does a deployment win only by being newer than one that says something else.</p>}
      <ul className="plain stack">
        {found.map((deployment) => {
          const { uuid, target, conflictCount, conflicts } = deployment;
          const [other] = conflicts.nodes;
          const more = conflictCount - 1;
          return (
            <li key={uuid} className="small">
              <PathLink to={`/deployments/${uuid}`}>
                {itemIn(deployment)?.name ?? 'An item'} for {target.text}
              </PathLink>
              <Which of={deployment} /> against{' '}
              {other?.deployment ? (
                <PathLink to={`/deployments/${other.deployment.uuid}`}>the one for {other.targetText}</PathLink>
              ) : (
                `the one for ${other?.targetText}`
              )}
              , on {plural(other?.computerCount ?? 0, 'computer')}
              {more > 0 && `, and ${plural(more, 'other')}`}
            </li>
          );
        })}
      </ul>
      {hasMore && (
        <p className="small">
          <PathLink to="/deployments" search={{ order: '-CONFLICT_COUNT' }}>
            All deployments that are in conflict
          </PathLink>
        </p>
      )}
    </>
  );
}
