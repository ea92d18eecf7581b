// Which computers need somebody, and why: what failed, who is held, what is new.
import { Link } from '@tanstack/react-router';
import { type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural, sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { subjectOf, toneOfStatus } from '~/maintenance/session/words.ts';
import css from './Attention.module.css';
import { type Overview, troubleFields } from './useOverview.ts';

const TROUBLE = ['FAILED', 'PARTIALLY_PASSED', 'MISSED'] as const;

export function Attention({ overview: { trouble, held, toOnboard } }: { overview: Overview }) {
  const failed = readFragment(troubleFields, trouble?.nodes ?? []);
  const nothing = failed.length === 0 && !held?.totalCount && !toOnboard?.totalCount;
  return (
    <section className={`card ${css.attention}`}>
      <h2>Needs somebody</h2>
      {nothing && <p className="small dimmed">Nobody is needed: nothing failed in the last week, no agent is held, every computer is onboarded.</p>}
      {failed.length > 0 && (
        <>
          <h3>
            <Link to="/sessions" search={{ status: [...TROUBLE] }}>
              {plural(trouble?.totalCount ?? failed.length, 'session')} did not pass in the last week
            </Link>
          </h3>
          <ul className="plain">
            {failed.map((session) => (
              <li key={session.uuid}>
                <Trouble session={session} />
              </li>
            ))}
          </ul>
        </>
      )}
      {held && held.nodes.length > 0 && (
        <>
          <h3>{plural(held.totalCount ?? held.nodes.length, 'agent')} held: who they are is in doubt</h3>
          <ul className="plain">
            {held.nodes.map(({ uuid, name, holdReason, tenant }) => (
              <li key={uuid}>
                <PathLink to={`/agents/${uuid}`}>{name}</PathLink>{' '}
                <span className="small dimmed">
                  {tenant && `of ${tenant.name}, `}
                  {sentence(holdReason).toLowerCase()}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {toOnboard && toOnboard.nodes.length > 0 && (
        <>
          <h3>
            <Link to="/computers" search={{ onboarding: 'NEEDS_ONBOARDING' } as never}>
              {plural(toOnboard.totalCount ?? toOnboard.nodes.length, 'computer')} to onboard
            </Link>
          </h3>
          <ul className="plain">
            {toOnboard.nodes.map(({ uuid, name, tenant, created }) => (
              <li key={uuid}>
                <PathLink to={`/computers/${uuid}`}>{name}</PathLink>{' '}
                <span className="small dimmed">
                  {tenant && `of ${tenant.name}, `}new <Moment at={created.at} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Trouble({ session }: { session: ResultOf<typeof troubleFields> }) {
  const { uuid, computer, status, created, actions } = session;
  const first = actions.find(({ result }) => result === 'FAILED');
  return (
    <>
      {computer && <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>} <Mark tone={toneOfStatus(status)}>{sentence(status)}</Mark>{' '}
      <Link to="/sessions/$id" params={{ id: uuid }}>
        {subjectOf(session)}
      </Link>{' '}
      <span className="small dimmed">
        <Moment at={created.at} />
      </span>
      {first && (
        <div className={css.why}>
          {first.itemName}: {first.message ?? 'failed'}
        </div>
      )}
    </>
  );
}
