import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark, type Tone } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';

export const agentStandingFragment = graphql(`fragment AgentStanding on Agent { standing holdReason }`);

const TONES: Readonly<Record<string, Tone>> = { TRUSTED: 'good', HELD: 'bad', REVOKED: 'quiet' };

/** Whether an agent may work, and why not if it is held. */
export function AgentStanding({ agent }: { agent: FragmentOf<typeof agentStandingFragment> }) {
  const { standing, holdReason } = readFragment(agentStandingFragment, agent);
  return (
    <>
      <Mark tone={TONES[standing] ?? 'quiet'}>{sentence(standing)}</Mark>
      {holdReason && <span className="small"> {sentence(holdReason)}</span>}
    </>
  );
}
