import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { actorFields, By } from '~/access/actor/By.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Copy } from '~/kit/copy/Copy.tsx';
import { Json } from '~/kit/json/Json.tsx';
import { before, isPosition } from '~/kit/live/position.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Moment } from '~/kit/time/Moment.tsx';
import { inFull } from '~/kit/time/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { About } from './About.tsx';
import { Causes } from './Causes.tsx';
import { commandOf } from './command.ts';
import { EventDetail } from './EventTitle.tsx';
import { toldFragment } from './names.ts';
import { streamOf } from './streams.ts';
import { titleOf } from './words.ts';

const eventFields = graphql(
  `
  fragment EventWhole on Event {
    eventId position revision time correlationId causationId commandId reason
    actor { ...ActorFields }
    ...ToldEvent
  }
`,
  [actorFields, toldFragment],
);

const eventQuery = graphql(
  `
  query Event($after: String!, $asOf: AsOfInput) { events(first: 1, after: $after, asOf: $asOf) { nodes { position ...EventWhole } } }
`,
  [eventFields],
);

const positionQuery = graphql('query PositionOfEvent($id: ID!) { node(id: $id) { ... on Event { position } } }');

/** An event never changes. */
const NEVER: readonly string[] = [];

const route = getRouteApi('/events/$id');

export function EventPage() {
  const { id } = route.useParams();
  return isPosition(id) && id !== '0' ? <OneEvent key={id} position={id} /> : <ByGlobalId key={id} id={id} />;
}

function ByGlobalId({ id }: { id: string }) {
  const page = usePage(positionQuery, { id }, { concerns: NEVER });
  return (
    <PageBody page={page}>
      {({ node }) => (node && 'position' in node ? <Navigate to="/events/$id" params={{ id: node.position }} replace /> : <Missing what="event" />)}
    </PageBody>
  );
}

function OneEvent({ position }: { position: string }) {
  const page = usePage(eventQuery, { after: before(position) }, { concerns: NEVER });
  return (
    <PageBody page={page}>
      {({ events }) => {
        const event = events?.nodes[0];
        return event?.position === position ? <Whole event={event} /> : <Missing what="event" />;
      }}
    </PageBody>
  );
}

function Whole({ event: masked }: { event: FragmentOf<typeof eventFields> }) {
  const event = readFragment(eventFields, masked);
  // What it is about is no part of what was written.
  const { subject, ...written } = event;
  const { position, stream, revision, type, time, tenant, actor, reason, data } = written;
  const { place, id } = streamOf(stream);
  const to: string = place ? `/${place}/${id}` : '/';
  const link = () => `${location.origin}/events/${position}`;
  return (
    <div className="stack">
      <div className="bar">
        <h1>
          {titleOf(type)}
          <EventDetail event={event} />
        </h1>
        <span className="grow" />
        <Copy text={() => JSON.stringify(written, null, 2)}>Copy JSON</Copy>
        <Copy text={() => commandOf(event)}>Copy as upkeep command</Copy>
        <Copy text={link}>Copy link</Copy>
      </div>
      <section className="card" aria-label="The event">
        <dl className="facts">
          <dt>When</dt>
          <dd>
            {inFull(Date.parse(time))} (<Moment at={time} />)
          </dd>
          <dt>Who</dt>
          <dd>
            <By actor={actor} />
            {reason ? `: “${reason}”` : ''}
          </dd>
          <dt>About</dt>
          <dd>
            <About stream={stream} subject={subject} />
            {tenant && (
              <>
                {' of '}
                <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
              </>
            )}
          </dd>
          <dt>Look at it</dt>
          <dd>
            <Link to={to} search={{ asOf: before(position) } as never}>
              just before
            </Link>
            {' · '}
            <Link to={to} search={{ asOf: position } as never}>
              just after
            </Link>
          </dd>
          <dt>Stream</dt>
          <dd>
            <Link to="/events" search={{ stream }} className="mono">
              {stream}
            </Link>
            , number {revision.toLocaleString('en')}
          </dd>
          <dt>Position</dt>
          <dd className="mono">{position}</dd>
          <dt>Event</dt>
          <dd className="mono">{event.eventId}</dd>
          <dt>Command</dt>
          <dd className="mono">{event.commandId ?? 'none'}</dd>
          <dt>Led to by</dt>
          <dd className="mono">{event.causationId ?? 'nothing'}</dd>
          <dt>Story</dt>
          <dd className="mono">
            {event.correlationId ? (
              <Link to="/events" search={{ story: event.correlationId }}>
                {event.correlationId}
              </Link>
            ) : (
              'none'
            )}
          </dd>
        </dl>
      </section>
      <section className="card">
        <h2>What exactly</h2>
        <Json value={data} />
      </section>
      <Causes event={event} tenant={tenant} />
    </div>
  );
}
