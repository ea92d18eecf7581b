// The deployments that are about one item, on its page.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { DeploymentRows, deploymentRowFragment } from './DeploymentRows.tsx';

export const deploymentsOfItemFragment = graphql('fragment DeploymentsOfItem on DeploymentConnection { totalCount nodes { ...DeploymentRow } }', [
  deploymentRowFragment,
]);

interface Props {
  deployments: FragmentOf<typeof deploymentsOfItemFragment>;
  /** The item, as the list of deployments is filtered by it and a new deployment begins with it. */
  all: { software: string } | { task: string };
}

export function DeploymentsOfItem({ deployments, all }: Props) {
  const { nodes, totalCount } = readFragment(deploymentsOfItemFragment, deployments);
  if (nodes.length === 0)
    return (
      <Empty
        title="No deployment is about it"
        action={
          <PathLink to="/deployments/new" search={all}>
            Write the first one
          </PathLink>
        }
      >
        So nothing of it is wanted anywhere, and sessions leave it alone.
      </Empty>
    );
  return (
    <section className="card">
      <h2>Deployments</h2>
      <DeploymentRows deployments={nodes} />
      {(totalCount ?? 0) > nodes.length && (
        <PathLink to="/deployments" search={all}>
          All {plural(totalCount ?? 0, 'deployment')}
        </PathLink>
      )}
    </section>
  );
}
