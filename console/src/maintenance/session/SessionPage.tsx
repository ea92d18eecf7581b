import { Tabs } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { actorFields } from '~/access/actor/By.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { ActionList, actionFields, lookFields } from './ActionList.tsx';
import { DraftCard, draftFields } from './DraftCard.tsx';
import { beginningFields, cancellationFields, headFields, SessionHead } from './SessionHead.tsx';
import type { TABS } from './search.ts';

const sessionQuery = graphql(
  `
  query Session($id: ID!, $stream: String!, $withTimeline: Boolean!, $asOf: AsOfInput) {
    session(id: $id, asOf: $asOf) { uuid endedAt startedAt created { at } ...SessionHead actions { ...ActionCard } looks { ...Look } draft { ...DraftCard } }
    beginning: events(filter: { stream: $stream }, first: 1, asOf: $asOf) { nodes { ...SessionBeginning } }
    cancellation: events(filter: { stream: $stream, types: ["SessionCancelled"] }, first: 1, asOf: $asOf) { nodes { ...SessionCancellation } }
    timeline: events(filter: { stream: $stream }, first: 100, asOf: $asOf) @include(if: $withTimeline) { pageInfo { hasNextPage } nodes { ...EventRow } }
  }
`,
  [headFields, beginningFields, cancellationFields, actionFields, lookFields, draftFields, eventRowFields, actorFields],
);

const CONCERNS = ['MAINTENANCE_SESSION', 'COMPUTER', 'AGENT', 'DEPLOYMENT'];

const route = getRouteApi('/sessions/$id');

export function SessionPage() {
  const { id } = route.useParams();
  return <OneSession key={id} id={id} />;
}

function OneSession({ id }: { id: string }) {
  const { tab = 'actions' } = route.useSearch();
  const navigate = useNavigate({ from: '/sessions/$id' });
  const stream = `session-${id}`;
  const page = usePage(sessionQuery, { id, stream, withTimeline: tab === 'timeline' }, { concerns: CONCERNS, keep: true });
  return (
    <PageBody page={page}>
      {({ session, beginning, cancellation, timeline }) =>
        session ? (
          <div className="stack">
            <SessionHead session={session} beginning={beginning?.nodes[0]} cancellation={cancellation?.nodes[0]} />
            <Tabs
              value={tab}
              onChange={(chosen) =>
                void navigate({ search: (before) => ({ ...before, tab: chosen === 'actions' ? undefined : (chosen as (typeof TABS)[number]) }), replace: true })
              }
            >
              <Tabs.List>
                <Tabs.Tab value="actions">{session.draft ? 'Script' : `Actions (${session.actions.length})`}</Tabs.Tab>
                <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="actions" pt="sm">
                {session.draft ? (
                  <DraftCard draft={session.draft} isOver={session.endedAt !== null} />
                ) : (
                  <ActionList actions={session.actions} looks={session.looks} isOver={session.endedAt !== null} />
                )}
              </Tabs.Panel>
              <Tabs.Panel value="timeline" pt="sm">
                {timeline && (
                  <section className="card">
                    <h2>What happened, in order</h2>
                    <EventRows events={timeline.nodes} since={session.created.at} isOfOne label="Events of the session" />
                    <p className="small dimmed">
                      {timeline.pageInfo.hasNextPage ? 'These are the first 100. ' : ''}
                      <Link to="/events" search={{ stream }}>
                        Show them in the log
                      </Link>
                    </p>
                  </section>
                )}
              </Tabs.Panel>
            </Tabs>
          </div>
        ) : (
          <Missing what="session" />
        )
      }
    </PageBody>
  );
}
