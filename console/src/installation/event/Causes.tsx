// What led to an event, what it led to, and what else belongs to its story. The whole story is the log's, by its correlation; here it is looked
// for among the events around it, and where a session is the cause, at that session's beginning, however long ago that was.
import { Link } from '@tanstack/react-router';
import { graphql, readFragment } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { PageBody } from '~/kit/state/PageBody.tsx';
import css from './Causes.module.css';
import { chainOf, type Linked } from './causes.ts';
import { EventRows, eventRowFields } from './EventRows.tsx';
import { OUTER } from './types.ts';

const linkedFields = graphql(
  `
  fragment LinkedEvent on Event { eventId type stream position correlationId causationId commandId ...EventRow }
`,
  [eventRowFields],
);

const causesQuery = graphql(
  `
  query Causes($after: String!, $around: EventFilter!, $session: String!, $asOf: AsOfInput) {
    begun: events(filter: { stream: $session }, first: 2, asOf: $asOf) { nodes { ...LinkedEvent } }
    earlier: events(filter: $around, first: 100, after: $after, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) { nodes { ...LinkedEvent } }
    later: events(filter: $around, first: 100, after: $after, asOf: $asOf) { nodes { ...LinkedEvent } }
  }
`,
  [linkedFields],
);

interface Props {
  event: Linked;
  tenant: { uuid: string; name: string } | null;
}

export function Causes({ event, tenant }: Props) {
  // The server's leases, one every ten seconds, are of no tenant; the API takes no more types than these.
  const around = tenant ? { tenantId: tenant.uuid } : { types: [...OUTER] };
  const session = `session-${event.causationId ?? event.eventId}`;
  const page = usePage(causesQuery, { after: event.position, around, session }, { concerns: ['MAINTENANCE_SESSION', 'COMPUTER', 'AGENT'] });
  return (
    <PageBody page={page}>
      {({ begun, earlier, later }) => {
        const masked = [...(begun?.nodes ?? []), ...[...(earlier?.nodes ?? [])].reverse(), ...(later?.nodes ?? [])];
        const known = new Map(readFragment(linkedFields, masked).map((other) => [other.position, other]));
        const { causes, siblings, effects, story } = chainOf(event, [...known.values()]);
        const where = tenant ? ` of ${tenant.name}` : '';
        return (
          <section className="card stack">
            <h2>The chain of causes</h2>
            {event.causationId === event.commandId && causes.length === 0 && (
              <p className="small">Nothing led to it but the command itself: who did it began it.</p>
            )}
            <Part title="What led to it" events={causes} />
            <Part title="What the same command did too" events={siblings} />
            <Part title="What it led to" events={effects} />
            <Part title="The rest of the story" events={story} />
            <p className="small dimmed">
              Looked for among the 100 events{where} before it and the 100 after it
              {event.correlationId && (
                <>
                  . All of it:{' '}
                  <Link to="/events" search={{ story: event.correlationId }}>
                    the story in the log
                  </Link>
                </>
              )}
              .
            </p>
          </section>
        );
      }}
    </PageBody>
  );
}

function Part({ title, events }: { title: string; events: readonly Parameters<typeof EventRows>[0]['events'][number][] }) {
  if (events.length === 0) return null;
  return (
    <div>
      <h3 className={css.title}>
        {title} ({events.length})
      </h3>
      <EventRows events={events} label={title} />
    </div>
  );
}
