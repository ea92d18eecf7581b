import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const actorFragment = graphql(`
  fragment ActorName on Actor { kind apiToken { name } agent { computer { uuid name } } }
`);

export const changeFragment = graphql(`fragment Changed on Change { at position by { ...ActorName } }`, [actorFragment]);

/** When, and because of whom; the moment leads to what there was then. */
export function Changed({ change }: { change: FragmentOf<typeof changeFragment> }) {
  const { at, by } = readFragment(changeFragment, change);
  return (
    <>
      <Moment at={at} /> by <ActorName actor={by} />
    </>
  );
}

export function ActorName({ actor }: { actor: FragmentOf<typeof actorFragment> }) {
  const { kind, apiToken, agent } = readFragment(actorFragment, actor);
  if (apiToken)
    return (
      <PathLink to="/tokens" search={{ name: apiToken.name }}>
        {apiToken.name}
      </PathLink>
    );
  if (agent?.computer)
    return (
      <>
        the agent of <PathLink to={`/computers/${agent.computer.uuid}`}>{agent.computer.name}</PathLink>
      </>
    );
  return <>{kind === 'USER' ? 'somebody whose token you may not see' : sentence(kind).toLowerCase()}</>;
}
