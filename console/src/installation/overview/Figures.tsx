// How much of everything there is now, each figure a link to what it counts.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Bar } from '~/kit/chart/Bar.tsx';
import type { Tone } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import css from './Figures.module.css';
import type { Overview } from './useOverview.ts';

type Counted = { totalCount: number | null } | null;

const count = (list: Counted): number => list?.totalCount ?? 0;

export function Figures({ overview, day }: { overview: Overview; day: string }) {
  const { computers, online, agents, connected, running, waiting, passed, partially, failed, missed, cancelled } = overview;
  return (
    <div className={css.figures}>
      <Figure title="Computers online" value={count(online)} of={count(computers)}>
        <Link to="/computers" search={{ online: 'no' } as never}>
          {(count(computers) - count(online)).toLocaleString('en')} offline
        </Link>
      </Figure>
      <Figure title="Agents connected" value={count(connected)} of={count(agents)}>
        <Link to={'/agents' as string}>all agents</Link>
      </Figure>
      <section className="card">
        <h2>Sessions now</h2>
        <p className={css.value}>{count(running).toLocaleString('en')} running</p>
        <p className="small">
          <Link to="/sessions" search={{ over: 'no' }}>
            {count(waiting).toLocaleString('en')} waiting
          </Link>
        </p>
      </section>
      <Today
        day={day}
        results={[
          { status: 'PASSED', value: count(passed), tone: 'good' },
          { status: 'PARTIALLY_PASSED', value: count(partially), tone: 'warn' },
          { status: 'FAILED', value: count(failed), tone: 'bad' },
          { status: 'MISSED', value: count(missed), tone: 'busy' },
          { status: 'CANCELLED', value: count(cancelled), tone: 'quiet' },
        ]}
      />
    </div>
  );
}

function Figure({ title, value, of, children }: { title: string; value: number; of: number; children: ReactNode }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      <p className={css.value}>
        {value.toLocaleString('en')} <span className="dimmed">of {of.toLocaleString('en')}</span>
      </p>
      <Bar parts={[{ value, tone: 'good' }]} total={of} label={`${value} of ${of}`} />
      <p className="small">{children}</p>
    </section>
  );
}

interface Result {
  status: 'PASSED' | 'PARTIALLY_PASSED' | 'FAILED' | 'MISSED' | 'CANCELLED';
  value: number;
  tone: Tone;
}

function Today({ day, results }: { day: string; results: readonly Result[] }) {
  const total = results.reduce((sum, { value }) => sum + value, 0);
  const some = results.filter(({ value }) => value > 0);
  return (
    <section className="card">
      <h2>Sessions of the day</h2>
      <p className={css.value}>{total.toLocaleString('en')}</p>
      <Bar parts={results} total={total} label={some.map(({ status, value }) => `${value} ${sentence(status).toLowerCase()}`).join(', ') || 'none'} />
      <p className={`small ${css.results}`}>
        {total === 0 && <span className="dimmed">None that was asked for on this day is over.</span>}
        {some.map(({ status, value }) => (
          <Link key={status} to="/sessions" search={{ status: [status], after: day }}>
            {value.toLocaleString('en')} {sentence(status).toLowerCase()}
          </Link>
        ))}
      </p>
    </section>
  );
}
