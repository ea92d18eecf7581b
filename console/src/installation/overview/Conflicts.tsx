import type { Page } from '~/kit/live/usePage.ts';
import { Card } from '~/kit/state/Card.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { conflictsOf } from './conflictsOf.ts';
import type { Overview } from './useOverview.ts';

/** Where one deployment wins only by being newer than one that says something else. */
export function Conflicts({ page: { data, failures, again } }: { page: Page<Overview> }) {
  return (
    <Card title="Conflicts between deployments" failure={failures.deployments} again={again} of={data?.deployments} lines={3}>
      {(deployments) => <Found deployments={deployments} />}
    </Card>
  );
}

function Found({ deployments }: { deployments: NonNullable<Overview['deployments']> }) {
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
      {beyond > 0 && <p className="small dimmed">Looked for among the 50 deployments that were changed last; {plural(beyond, 'other')} were not looked at.</p>}
    </>
  );
}
