import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Reference } from '~/kit/url/Reference.tsx';

export const actorFields = graphql(`
  fragment ActorFields on Actor { kind apiToken { uuid name } agent { uuid name } }
`);

/** Who did something, as a link where there is somebody to look at. */
export function By({ actor }: { actor: FragmentOf<typeof actorFields> | null | undefined }) {
  const by = readFragment(actorFields, actor);
  if (!by) return <span className="dimmed">unknown</span>;
  switch (by.kind) {
    case 'USER':
      return by.apiToken ? (
        <Reference place="tokens" id={by.apiToken.uuid}>
          {by.apiToken.name}
        </Reference>
      ) : (
        'a token out of your reach'
      );
    case 'AGENT':
      return by.agent ? (
        <Reference place="agents" id={by.agent.uuid}>
          the agent on {by.agent.name}
        </Reference>
      ) : (
        'an agent'
      );
    case 'OPERATOR':
      return 'somebody on the server itself';
    case 'SYSTEM':
      return 'Upkeep';
  }
}
