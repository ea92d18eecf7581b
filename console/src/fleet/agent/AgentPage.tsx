import { getRouteApi } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { AgentStanding, agentStandingFragment } from './AgentStanding.tsx';
import { AgentActions, decidedAgentFragment } from './actions.tsx';
import { HELD_BECAUSE } from './standing.ts';

const agentQuery = graphql(
  `
  query Agent($id: ID!, $asOf: AsOfInput) {
    agent(id: $id, asOf: $asOf) {
      uuid name isConnected lastSeenAt agentVersion identitySource publicKey holdReason
      ...AgentStanding
      ...DecidedAgent
      tenant { uuid name }
      computer { uuid name agents(first: 20) { totalCount nodes { uuid name isConnected lastSeenAt ...AgentStanding } } }
      claims { uuid name agents(first: 20) { totalCount nodes { uuid name isConnected lastSeenAt ...AgentStanding } } }
      created { ...Changed }
      changed { ...Changed }
    }
  }
`,
  [agentStandingFragment, decidedAgentFragment, changeFragment],
);

type Agent = NonNullable<ResultOf<typeof agentQuery>['agent']>;

const route = getRouteApi('/agents/$id');

export function AgentPage() {
  const { id } = route.useParams();
  return <OneAgent key={`${id} ${JSON.stringify(useMoment())}`} id={id} />;
}

function OneAgent({ id }: { id: string }) {
  const page = usePage(agentQuery, { id }, { concerns: ['AGENT', 'COMPUTER', 'TENANT'] });
  return <PageBody page={page}>{({ agent }) => (agent ? <AgentBody agent={agent} /> : <Missing what="agent" />)}</PageBody>;
}

function AgentBody({ agent }: { agent: Agent }) {
  const { uuid, name, isConnected, lastSeenAt, agentVersion, identitySource, publicKey, holdReason, tenant, computer, claims, created, changed } = agent;
  return (
    <div className="stack">
      <div className="bar">
        <h1>Agent on {name}</h1>
        <AgentStanding agent={agent} />
        <span className="grow" />
        <AgentActions agent={agent} />
      </div>
      {holdReason && (
        <section className="card" aria-label="Why it is held">
          <h2>It is held, and waits for a decision</h2>
          <p className="plain break">{HELD_BECAUSE[holdReason] ?? sentence(holdReason)}</p>
          {claims && (
            <p className="plain">
              The hardware is that of <PathLink to={`/computers/${claims.uuid}`}>{claims.name}</PathLink>.
            </p>
          )}
        </section>
      )}
      <div className="cards">
        <section className="card">
          <h2>What it is</h2>
          <Facts>
            <Fact name="Tenant">{tenant ? <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink> : 'one that you may not see'}</Fact>
            <Fact name="Computer">
              {computer ? <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink> : <span className="dimmed">not identified</span>}
            </Fact>
            <Fact name="Seen">{isConnected ? <Mark tone="good">Connected</Mark> : <Moment at={lastSeenAt} />}</Fact>
            <Fact name="Version">
              <span className="mono">{agentVersion}</span>
            </Fact>
            <Fact name="Enrolled">
              <Changed change={created} />
            </Fact>
            <Fact name="Last changed">
              <Changed change={changed} />
            </Fact>
          </Facts>
          <p className="small">
            <PathLink to="/events" search={{ stream: `agent-${uuid}` }}>
              Its events
            </PathLink>
          </p>
        </section>
        <section className="card">
          <h2>How it is known</h2>
          <Facts>
            <Fact name="Hardware by">{identitySource ? sentence(identitySource) : <span className="dimmed">nothing yet</span>}</Fact>
            <Fact name="Public key">
              <span className="mono">{publicKey}</span>
            </Fact>
            <Fact name="Id">
              <span className="mono">{uuid}</span>
            </Fact>
          </Facts>
        </section>
        <Others of={computer ?? claims} but={uuid} />
      </div>
    </div>
  );
}

/** The other agents of the computer that it leads to, or claims: whoever decides compares them. */
function Others({ of, but }: { of: Agent['computer'] | Agent['claims']; but: string }) {
  const others = of?.agents.nodes.filter(({ uuid }) => uuid !== but) ?? [];
  if (!of || others.length === 0) return null;
  return (
    <section className="card">
      <h2>Other agents on {of.name}</h2>
      <ul className="plain">
        {others.map((agent) => (
          <li key={agent.uuid}>
            <PathLink to={`/agents/${agent.uuid}`}>{agent.name}</PathLink> <AgentStanding agent={agent} />{' '}
            {agent.isConnected ? <Mark tone="good">Connected</Mark> : <Moment at={agent.lastSeenAt} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
