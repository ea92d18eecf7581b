import { getRouteApi, Link } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { Actions } from '~/kit/action/Actions.tsx';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Fact, Facts } from '~/kit/text/Facts.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { AddMember, type GroupSeen, type MemberKind, RemoveGroup, RemoveMember } from './actions.tsx';
import { KIND_WORDS } from './search.ts';

const groupQuery = graphql(
  `
    query Group($id: ID!, $stream: String!, $asOf: AsOfInput) {
      group(id: $id, asOf: $asOf) {
        uuid name kind isRemoved revision
        may { ...May }
        tenant { uuid name }
        members(first: 100) {
          totalCount
          nodes {
            __typename
            ... on Person { uuid name upn }
            ... on Computer { uuid name isOnline }
            ... on Group { uuid name members(first: 1) { totalCount } }
          }
        }
        changed { ...Changed }
      }
      events(filter: { stream: $stream }, first: 20, orderBy: { field: RECORDED_AT, direction: DESC }, asOf: $asOf) { nodes { ...EventRow } }
    }
  `,
  [changeFragment, eventRowFields, mayFragment],
);

const route = getRouteApi('/groups/$id');

export function GroupPage() {
  const { id } = route.useParams();
  // Another group is another page: nothing of the one before is shown under its address.
  return <OneGroup key={id} id={id} />;
}

function OneGroup({ id }: { id: string }) {
  const page = usePage(groupQuery, { id, stream: `group-${id}` }, { concerns: ['GROUP', 'PERSON', 'COMPUTER', 'TENANT'] });
  return <PageBody page={page}>{(data) => (data.group ? <Shown group={data.group} events={data.events} /> : <Missing what="group" />)}</PageBody>;
}

type Data = ResultOf<typeof groupQuery>;
type Group = NonNullable<Data['group']>;

function Shown({ group, events }: { group: Group; events: Data['events'] }) {
  return (
    <div className="stack">
      <div className="bar">
        <h1>{group.name}</h1>
        {group.isRemoved && <Mark>Removed</Mark>}
        <span className="grow" />
        {!group.isRemoved && (
          <Actions>
            <AddMember group={group} />
            <RemoveGroup group={group} />
          </Actions>
        )}
      </div>
      <Facts>
        <Fact name="Kind">{KIND_WORDS[group.kind]}</Fact>
        <Fact name="Tenant">
          {group.tenant ? (
            <Link to="/tenants/$id" params={{ id: group.tenant.uuid }}>
              {group.tenant.name}
            </Link>
          ) : (
            'one that you may not see'
          )}
        </Fact>
        <Fact name="Changed">
          <Changed change={group.changed} />
        </Fact>
      </Facts>
      <Members group={group} />
      {events && (
        <section className="card">
          <h2>What happened to it</h2>
          <EventRows events={events.nodes} label="What happened" isOfOne />
        </section>
      )}
    </div>
  );
}

function Members({ group }: { group: Group }) {
  const { nodes, totalCount } = group.members;
  const more = (totalCount ?? 0) - nodes.length;
  const seen: GroupSeen = group;
  return (
    <section className="card">
      <h2>
        Members <span className="dimmed">{totalCount}</span>
      </h2>
      {nodes.length === 0 ? (
        <p className="dimmed small">Nobody is in it: deployments that name it reach nothing.</p>
      ) : (
        <Wide label="Members">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">What it is</th>
                <th scope="col">More</th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody>
              {nodes.map((member) => {
                const { path, kind, word } = KIND_OF[member.__typename];
                return (
                  <tr key={member.uuid}>
                    <td>
                      <PathLink to={`/${path}/${member.uuid}`}>{member.name}</PathLink>
                    </td>
                    <td>{word}</td>
                    <td>{moreOf(member)}</td>
                    <td>{!group.isRemoved && <RemoveMember group={seen} member={{ kind, uuid: member.uuid, name: member.name }} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Wide>
      )}
      {more > 0 && <p className="dimmed small">and {plural(more, 'other')}</p>}
    </section>
  );
}

type Member = Group['members']['nodes'][number];

const KIND_OF: Record<Member['__typename'], { path: string; kind: MemberKind; word: string }> = {
  Person: { path: 'people', kind: 'personIds', word: 'Person' },
  Computer: { path: 'computers', kind: 'computerIds', word: 'Computer' },
  Group: { path: 'groups', kind: 'groupIds', word: 'Group, with everybody in it' },
};

function moreOf(member: Member) {
  if (member.__typename === 'Person') return member.upn;
  if (member.__typename === 'Computer') return member.isOnline ? <Mark tone="good">Online</Mark> : <Mark>Offline</Mark>;
  return plural(member.members.totalCount ?? 0, 'member');
}
