// Whether a deployment is in force, and what is wrong with it, in marks.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';

export const statusFragment = graphql(`
  fragment DeploymentInForce on Deployment { status recommendation target { missing } }
`);

export function DeploymentStatus({ of }: { of: FragmentOf<typeof statusFragment> }) {
  const { status, recommendation, target } = readFragment(statusFragment, of);
  return (
    <>
      <Mark tone={TONES[status]}>{sentence(status)}</Mark>
      {recommendation === 'UNDECIDED' && <Mark tone="warn">Waits for a decision</Mark>}
      {recommendation === 'DISMISSED' && <Mark>Dismissed</Mark>}
      {target.missing && <Mark tone="bad">{`${sentence(target.missing)} missing`}</Mark>}
    </>
  );
}

const TONES: Record<'ENABLED' | 'DISABLED' | 'DELETED', Tone> = { ENABLED: 'good', DISABLED: 'quiet', DELETED: 'bad' };
