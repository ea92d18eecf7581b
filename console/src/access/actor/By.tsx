import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const actorFields = graphql(`
  fragment ActorFields on Actor { kind apiToken { name } agent { uuid name } }
`);

/** Who did something, as a link where there is somebody to look at. */
export function By({ actor }: { actor: FragmentOf<typeof actorFields> | null | undefined }) {
  const by = readFragment(actorFields, actor);
  if (!by) return <span className="dimmed">unknown</span>;
  switch (by.kind) {
    case 'USER':
      return by.apiToken ? (
        // Also when it was revoked meanwhile.
        <PathLink to="/tokens" search={{ name: by.apiToken.name, revoked: 'yes' }}>
          {by.apiToken.name}
        </PathLink>
      ) : (
        'somebody whose token you may not see'
      );
    case 'AGENT':
      return by.agent ? <PathLink to={`/agents/${by.agent.uuid}`}>the agent on {by.agent.name}</PathLink> : 'an agent';
    case 'OPERATOR':
      return 'somebody on the server itself';
    case 'SYSTEM':
      return 'Upkeep';
  }
}
