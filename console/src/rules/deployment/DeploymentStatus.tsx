// Whether a deployment is in force, or why it is not, in one mark.
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';

export const statusFragment = graphql(`
  fragment DeploymentInForce on Deployment { status recommendation target { missing } }
`);

export function DeploymentStatus({ of }: { of: FragmentOf<typeof statusFragment> }) {
  const [tone, words] = inForce(readFragment(statusFragment, of));
  return <Mark tone={tone}>{words}</Mark>;
}

/** What keeps it from acting comes first, from what is hardest to take back to what is easiest. */
function inForce({ status, recommendation, target }: ResultOf<typeof statusFragment>): [Tone, string] {
  if (status === 'DELETED') return ['bad', 'Deleted'];
  if (status === 'DISABLED') return ['quiet', 'Disabled'];
  if (target.missing) return ['bad', `${sentence(target.missing)} missing`];
  if (recommendation === 'UNDECIDED') return ['warn', 'To be decided'];
  if (recommendation === 'DISMISSED') return ['quiet', 'Dismissed'];
  return ['good', 'Enabled'];
}
