// How much of everything there is now, each figure a link to what it counts.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Bar } from '~/kit/chart/Bar.tsx';
import type { Page } from '~/kit/live/usePage.ts';
import { Card } from '~/kit/state/Card.tsx';
import { grouped, sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toneOfStatus } from '~/maintenance/session/words.ts';
import css from './Figures.module.css';
import type { Overview, Summary } from './useOverview.ts';

export function Figures({ page: { data, failures, again }, day }: { page: Page<Overview>; day: string }) {
  const figure = (title: string, content: (summary: Summary) => ReactNode) => (
    <Card title={title} failure={failures.summary} again={again} of={data?.summary} lines={2}>
      {content}
    </Card>
  );
  return (
    <div className={css.figures}>
      {figure('Computers online', ({ computerCount, onlineCount, excludedCount, onboardingCount }) => (
        <Share value={onlineCount} of={computerCount}>
          <PathLink to="/computers" search={{ online: 'no' }}>
            {grouped(computerCount - onlineCount)} offline
          </PathLink>
          {excludedCount > 0 && (
            <PathLink to="/computers" search={{ excluded: 'yes' }}>
              {grouped(excludedCount)} excluded
            </PathLink>
          )}
          {onboardingCount > 0 && (
            <PathLink to="/computers" search={{ onboarding: 'NEEDS_ONBOARDING' }}>
              {grouped(onboardingCount)} to onboard
            </PathLink>
          )}
        </Share>
      ))}
      {figure('Agents connected', ({ agentCount, connectedAgentCount, heldAgentCount }) => (
        <Share value={connectedAgentCount} of={agentCount}>
          <PathLink to="/agents">all agents</PathLink>
          {heldAgentCount > 0 && (
            <PathLink to="/agents" search={{ standing: 'HELD' }}>
              {grouped(heldAgentCount)} held
            </PathLink>
          )}
        </Share>
      ))}
      {figure('Sessions now', ({ activeSessionCount }) => (
        <>
          <p className={css.value}>{activeSessionCount === null ? 'More than 50,000' : grouped(activeSessionCount)}</p>
          <p className={`small ${css.links}`}>
            <Link to="/sessions" search={{ over: 'no' }}>
              wait or run
            </Link>
          </p>
        </>
      ))}
      {figure('Sessions of the day', ({ sessions }) => (
        <Today day={day} sessions={sessions} />
      ))}
    </div>
  );
}

function Share({ value, of, children }: { value: number; of: number; children: ReactNode }) {
  return (
    <>
      <p className={css.value}>
        {grouped(value)} <span className="dimmed">of {grouped(of)}</span>
      </p>
      <Bar parts={[{ value, tone: 'good' }]} total={of} label={`${value} of ${of}`} />
      <p className={`small ${css.links}`}>{children}</p>
    </>
  );
}

function Today({ day, sessions: { counts, isComplete } }: { day: string; sessions: Summary['sessions'] }) {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const words = (status: string) => sentence(status).toLowerCase();
  return (
    <>
      <p className={css.value}>
        {!isComplete && <span className="dimmed">at least </span>}
        {grouped(total)}
      </p>
      <Bar
        parts={counts.map(({ status, count }) => ({ value: count, tone: toneOfStatus(status) }))}
        total={total}
        label={counts.map(({ status, count }) => `${count} ${words(status)}`).join(', ') || 'none'}
      />
      <p className={`small ${css.links}`}>
        {total === 0 && <span className="dimmed">None was asked for on this day.</span>}
        {counts.map(({ status, count }) => (
          <Link key={status} to="/sessions" search={{ status: [status], after: day }}>
            {grouped(count)} {words(status)}
          </Link>
        ))}
      </p>
    </>
  );
}
