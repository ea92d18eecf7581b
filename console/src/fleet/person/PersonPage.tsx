import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { ChangeTags } from '~/fleet/tag/ChangeTags.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment, possible } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { MovePerson, RemovePerson, RenamePerson, SetUpn } from './actions.tsx';

const personQuery = graphql(
  `
    query Person($id: ID!, $stream: String!, $asOf: AsOfInput) {
      person(id: $id, asOf: $asOf) {
        uuid name upn tags isRemoved revision
        may { ...May }
        tenant { uuid name }
        computers(first: 25) { totalCount nodes { uuid name isOnline } }
        changed { ...Changed }
      }
      events(filter: { stream: $stream }, first: 20, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) { nodes { ...EventRow } }
    }
  `,
  [changeFragment, eventRowFields, mayFragment],
);

const route = getRouteApi('/people/$id');

export function PersonPage() {
  const { id } = route.useParams();
  // Somebody else is another page: nothing of the one before is shown under their address.
  return <OnePerson key={id} id={id} />;
}

function OnePerson({ id }: { id: string }) {
  const page = usePage(personQuery, { id, stream: `person-${id}` }, { concerns: ['PERSON', 'TENANT', 'COMPUTER', 'GROUP'] });
  return <PageBody page={page}>{(data) => (data.person ? <Shown person={data.person} events={data.events} /> : <Missing what="person" />)}</PageBody>;
}

type Data = ResultOf<typeof personQuery>;

function Shown({ person, events }: { person: NonNullable<Data['person']>; events: Data['events'] }) {
  const { computers } = person;
  const more = (computers.totalCount ?? 0) - computers.nodes.length;
  return (
    <div className="stack">
      <div className="bar">
        <h1>{person.name}</h1>
        {person.isRemoved && <Mark>Left</Mark>}
      </div>
      {!person.isRemoved && (
        <Actions>
          <RenamePerson person={person} />
          <SetUpn person={person} />
          <ChangeTags
            bearer={{ on: { personId: person.uuid }, name: person.name, tags: person.tags, revision: person.revision }}
            may={possible(person.may, 'changeTags')}
          />
          <MovePerson person={person} />
          <RemovePerson person={person} />
        </Actions>
      )}
      <Facts>
        <Fact name="User principal name">{person.upn ?? 'none'}</Fact>
        <Fact name="Works for">
          {person.tenant ? (
            <Link to="/tenants/$id" params={{ id: person.tenant.uuid }}>
              {person.tenant.name}
            </Link>
          ) : (
            'a tenant that you may not see'
          )}
        </Fact>
        <Fact name="Tags">{person.tags.join(', ') || 'none'}</Fact>
        <Fact name="Changed">
          <Changed change={person.changed} />
        </Fact>
      </Facts>
      <section className="card">
        <h2>Computers</h2>
        {computers.nodes.length === 0 ? (
          <p className="dimmed small">The primary person of no computer. Deployments for the person reach nothing; a computer's page says whose it is.</p>
        ) : (
          <ul className="plain">
            {computers.nodes.map(({ uuid, name, isOnline }) => (
              <li key={uuid}>
                <PathLink to={`/computers/${uuid}`}>{name}</PathLink> {isOnline && <Mark tone="good">Online</Mark>}
              </li>
            ))}
          </ul>
        )}
        {more > 0 && <p className="dimmed small">and {plural(more, 'other')}</p>}
      </section>
      {events && (
        <section className="card">
          <h2>What happened</h2>
          <EventRows events={events.nodes} label="What happened" isOfOne />
        </section>
      )}
    </div>
  );
}
