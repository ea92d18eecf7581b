// Which computers need somebody, and why: who is held, what failed, what is new.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type FragmentOf, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import type { Page } from '~/kit/live/usePage.ts';
import { Card } from '~/kit/state/Card.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { grouped, plural, sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { subjectOf, toneOfStatus } from '~/maintenance/session/words.ts';
import css from './Attention.module.css';
import { attentionFields, type Overview } from './useOverview.ts';

const TROUBLE = ['FAILED', 'PARTIALLY_PASSED', 'MISSED'] as const;

type Attended = ResultOf<typeof attentionFields>['nodes'][number];

export function Attention({ page: { data, failures, again } }: { page: Page<Overview> }) {
  const failure = failures.held ?? failures.trouble ?? failures.toOnboard;
  return (
    <Card title="Needs somebody" failure={failure} again={again} of={data} lines={8}>
      {(overview) => <Reasons overview={overview} />}
    </Card>
  );
}

function Reasons({ overview: { summary, held, trouble, toOnboard } }: { overview: Overview }) {
  if (summary?.attentionCount === 0 && summary.heldAgentCount === 0) {
    return <p className="small dimmed">Nobody is needed: the newest session of each computer went well, no agent is held, every computer is onboarded.</p>;
  }
  const heldCount = summary?.heldAgentCount ?? 0;
  return (
    <div className={css.attention}>
      <Group
        of={held}
        isThere={heldCount > 0}
        title={() => (
          <PathLink to="/agents" search={{ standing: 'HELD' }}>
            {plural(heldCount, 'agent')} held until somebody decides who they are
          </PathLink>
        )}
        row={({ computer, text }) => (
          <>
            <PathLink to={`/computers/${computer.uuid}`} search={{ tab: 'agents' }}>
              {computer.name}
            </PathLink>{' '}
            <OfTenant computer={computer} />
            <div className={css.why}>{text}</div>
          </>
        )}
      />
      <Group
        of={trouble}
        title={(count) => (
          <Link to="/sessions" search={{ status: [...TROUBLE] }}>
            On {plural(count, 'computer')} the newest session did not go well
          </Link>
        )}
        row={(attended) => <Trouble {...attended} />}
      />
      <Group
        of={toOnboard}
        title={(count) => (
          <PathLink to="/computers" search={{ onboarding: 'NEEDS_ONBOARDING' }}>
            {plural(count, 'computer')} to onboard
          </PathLink>
        )}
        row={({ computer }) => (
          <>
            <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink> <OfTenant computer={computer} />{' '}
            <span className="small dimmed">
              new <Moment at={computer.created.at} />
            </span>
          </>
        )}
      />
    </div>
  );
}

interface GroupProps {
  of: FragmentOf<typeof attentionFields> | null;
  /** Whether there is something to say of it even without a computer. */
  isThere?: boolean;
  title: (count: number) => ReactNode;
  row: (attended: Attended) => ReactNode;
}

/** The first few of those with one kind of reason. */
function Group({ of, isThere = false, title, row }: GroupProps) {
  const { nodes, totalCount } = readFragment(attentionFields, of) ?? { nodes: [], totalCount: 0 };
  if (nodes.length === 0 && !isThere) return null;
  const rest = (totalCount ?? 0) - nodes.length;
  return (
    <>
      <h3>{title(totalCount ?? nodes.length)}</h3>
      <ul className="plain">
        {nodes.map((attended) => (
          <li key={attended.computer.uuid}>{row(attended)}</li>
        ))}
      </ul>
      {rest > 0 && <p className="small dimmed">and {grouped(rest)} more</p>}
    </>
  );
}

function OfTenant({ computer: { tenant } }: { computer: Attended['computer'] }) {
  return tenant && <span className="small dimmed">of {tenant.name}</span>;
}

function Trouble({ computer, session, text }: Attended) {
  const failed = session?.actions.find(({ result }) => result === 'FAILED');
  return (
    <>
      <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>{' '}
      {session && (
        <>
          <Mark tone={toneOfStatus(session.status)}>{sentence(session.status)}</Mark>{' '}
          <Link to="/sessions/$id" params={{ id: session.uuid }}>
            {subjectOf(session)}
          </Link>{' '}
          <span className="small dimmed">
            <Moment at={session.created.at} />
          </span>
        </>
      )}
      <div className={css.why}>{failed ? `${failed.itemName}: ${failed.message ?? 'failed'}` : text}</div>
    </>
  );
}
