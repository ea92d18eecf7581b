// Above each page that shows a past moment: which one, and the ways back. A moment that is not there has a page of its own, in the place of one
// that could only fail.
import { Button } from '@mantine/core';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { graphql } from '~/kit/api/graphql.ts';
import { type AsOf, useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { capital } from '~/kit/text/words.ts';
import { inFull } from '~/kit/time/words.ts';
import { isFuture, scopeOf } from './moments.ts';
import css from './PastBanner.module.css';

const momentQuery = graphql('query Moment($asOf: AsOfInput) { server(asOf: $asOf) { position time } }');

export function AtMoment({ children }: { children: ReactNode }) {
  const moment = useMoment();
  const { pathname } = useLocation();
  // A comparison has two moments of its own.
  if (!moment || pathname === '/compare') return children;
  if (isFuture(moment, Date.now())) return <NotYet moment={moment} />;
  return <Past moment={moment}>{children}</Past>;
}

function Past({ moment, children }: { moment: AsOf; children: ReactNode }) {
  const { data, failure } = usePage(momentQuery, {});
  if (failure?.code === 'POSITION_NOT_AVAILABLE') return <NotThere moment={moment} message={failure.message} code={failure.code} />;
  const time = moment.time ?? data?.server?.time;
  return (
    <>
      <section className={css.banner} aria-label="A past moment">
        <span className={css.words}>
          You look at <strong>{time ? inFull(Date.parse(time)) : `position ${moment.position}`}</strong>
          {data?.server && <span className="mono"> (position {data.server.position})</span>}: read-only.
        </span>
        <GoToNow />
        <CompareWithNow moment={moment} />
      </section>
      {children}
    </>
  );
}

function NotYet({ moment }: { moment: AsOf }) {
  return (
    <Empty
      title="That moment has not come yet"
      isPage
      action={
        <div className="bar">
          <GoToNow />
          <CompareWithNow moment={moment} isFuture />
        </div>
      }
    >
      You look at {inFull(Date.parse(moment.time ?? ''))}. What time alone will change until then, such as an agreement that ends, is in the comparison; what
      people will do nobody knows.
    </Empty>
  );
}

function NotThere({ moment, message, code }: { moment: AsOf; message: string; code: string }) {
  const words = moment.time ? inFull(Date.parse(moment.time)) : `position ${moment.position}`;
  return (
    <Empty title={`${capital(words)} cannot be shown`} isPage action={<GoToNow />}>
      <p className="break">It lies in the future, or the events of that time are not kept any more. The server says: {message}.</p>
      <p className="mono small">{code}</p>
    </Empty>
  );
}

function GoToNow() {
  const navigate = useNavigate();
  const go = () => void navigate({ to: '.', search: (search: Record<string, unknown>) => ({ ...search, asOf: undefined }) } as never);
  return (
    <Button onClick={go} variant="filled">
      Go to now
    </Button>
  );
}

function CompareWithNow({ moment, isFuture = false }: { moment: AsOf; isFuture?: boolean }) {
  const { pathname } = useLocation();
  const other = moment.time ?? moment.position;
  const moments = isFuture ? { later: other } : { earlier: other };
  return (
    <Link to="/compare" search={{ ...scopeOf(pathname), ...moments, asOf: undefined }}>
      Compare with now
    </Link>
  );
}
