// On how many computers a task may be brought about at once; and whose turn it is, where that is one.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const turnFragment = graphql(`
  fragment TurnOfTask on Task { concurrency waitingCount heldBy { uuid computer { uuid name } } }
`);

export function Turn({ of }: { of: FragmentOf<typeof turnFragment> }) {
  const { concurrency, heldBy, waitingCount } = readFragment(turnFragment, of);
  if (concurrency === 'PARALLEL') return 'any number of computers';
  const waiting = waitingCount > 0 && `${plural(waitingCount, 'session')} ${waitingCount === 1 ? 'waits for its' : 'wait for their'} turn.`;
  return (
    <>
      one computer of the whole installation
      <div className="dimmed small">
        {heldBy ? (
          <>
            Now <PathLink to={`/sessions/${heldBy.uuid}`}>a session{heldBy.computer && ` on ${heldBy.computer.name}`}</PathLink> brings it about.
          </>
        ) : (
          'No session that you may see brings it about now.'
        )}{' '}
        {waiting}
      </div>
    </>
  );
}
