import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { AgentStanding, agentStandingFragment } from '~/fleet/agent/AgentStanding.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const agentsFragment = graphql(
  `
  fragment ComputerAgents on Computer {
    agents(first: 50) {
      totalCount
      nodes { uuid name isConnected lastSeenAt agentVersion identitySource created { ...Changed } ...AgentStanding }
    }
  }
`,
  [agentStandingFragment, changeFragment],
);

/** The pathways to the computer. */
export function AgentsTab({ computer }: { computer: FragmentOf<typeof agentsFragment> }) {
  const { agents } = readFragment(agentsFragment, computer);
  if (agents.nodes.length === 0) {
    return (
      <Empty title="No agent leads here" action={<PathLink to="/agents/enrol">Enrol one</PathLink>}>
        Without an agent nothing can be looked at or done on this computer.
      </Empty>
    );
  }
  return (
    <div className="card">
      <Wide label="Agents of this computer">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Standing</th>
              <th scope="col">Seen</th>
              <th scope="col">Version</th>
              <th scope="col">Knows the hardware by</th>
              <th scope="col">Enrolled</th>
            </tr>
          </thead>
          <tbody>
            {agents.nodes.map((agent) => (
              <tr key={agent.uuid}>
                <td>
                  <PathLink to={`/agents/${agent.uuid}`}>{agent.name}</PathLink>
                </td>
                <td>
                  <AgentStanding agent={agent} />
                </td>
                <td>{agent.isConnected ? <Mark tone="good">Connected</Mark> : <Moment at={agent.lastSeenAt} />}</td>
                <td className="mono">{agent.agentVersion}</td>
                <td>{sentence(agent.identitySource)}</td>
                <td>
                  <Changed change={agent.created} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  );
}
