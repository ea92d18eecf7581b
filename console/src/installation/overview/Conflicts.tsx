import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Card } from '~/kit/state/Card.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { conflictsOf } from './conflictsOf.ts';

const conflictsQuery = graphql(`
  query OverviewConflicts($first: Int, $asOf: AsOfInput) {
    deployments(first: $first, orderBy: { field: CHANGED_AT, direction: DESC }, asOf: $asOf) {
      totalCount
      nodes { uuid software { name } target { text } conflicts(first: 1) { totalCount nodes { computerCount targetText deployment { uuid } } } }
    }
  }
`);
/** How many deployments are looked at: each is resolved on all of its computers. */
const LOOKED_AT = 50;
/** For so many times of what a reading took, none begins. */
const REST = 4;

type Deployments = NonNullable<ResultOf<typeof conflictsQuery>['deployments']>;

/** Where one deployment wins only by being newer than one that says something else. */
export function Conflicts({ position }: { position: string | undefined }) {
  const read = useBeside(conflictsQuery, { first: LOOKED_AT }, position, { rest: REST });
  const behind = read.position === position ? undefined : read.position;
  return (
    <Card title="Conflicts between deployments" failure={read.failure} again={read.again} of={read.data?.deployments} behind={behind} lines={3}>
      {(deployments) => <Found deployments={deployments} />}
    </Card>
  );
}

function Found({ deployments }: { deployments: Deployments }) {
  const all = deployments.nodes;
  const found = conflictsOf(all);
  const beyond = (deployments.totalCount ?? 0) - all.length;
  return (
    <>
      {found.length === 0 && <p className="small dimmed">None: nowhere does a deployment win only by being newer than one that says something else.</p>}
      <ul className="plain stack">
        {found.map(({ uuid, software, target, conflicts }) => {
          const [other] = conflicts.nodes;
          const more = (conflicts.totalCount ?? 0) - 1;
          return (
            <li key={uuid} className="small">
              <PathLink to={`/deployments/${uuid}`}>
                {software?.name ?? 'A task'} for {target.text}
              </PathLink>{' '}
              against{' '}
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
      {beyond > 0 && (
        <p className="small dimmed">
          Looked for among the {LOOKED_AT} deployments that were changed last; {plural(beyond, 'other')} were not looked at.
        </p>
      )}
    </>
  );
}
