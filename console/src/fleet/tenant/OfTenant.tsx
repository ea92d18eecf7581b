// What a tenant has: those below it, its computers, its people; the first of each, and the way to all.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { plural } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const ofTenantFragment = graphql(`
  fragment OfTenant on Tenant {
    children(first: 50) { totalCount nodes { uuid name computers(first: 1) { totalCount } } }
    computers(first: 10) { totalCount nodes { uuid name isOnline lastSeenAt } }
  }
`);

export const peopleFragment = graphql(`
  fragment PeopleOfTenant on PersonConnection { totalCount nodes { uuid name upn } }
`);

interface Props {
  id: string;
  tenant: FragmentOf<typeof ofTenantFragment>;
  people: FragmentOf<typeof peopleFragment>;
}

export function OfTenant({ id, tenant, people: masked }: Props) {
  const { children, computers } = readFragment(ofTenantFragment, tenant);
  const people = readFragment(peopleFragment, masked);
  return (
    <div className="cards">
      <Part
        title="Computers"
        of={computers}
        none="It has none yet: enrol an agent for it."
        all={
          <PathLink to="/computers" search={{ tenant: id }}>
            All {plural(computers.totalCount ?? 0, 'computer')}
          </PathLink>
        }
      >
        {computers.nodes.map(({ uuid, name, isOnline, lastSeenAt }) => (
          <li key={uuid}>
            <PathLink to={`/computers/${uuid}`}>{name}</PathLink>{' '}
            {isOnline ? (
              <Mark tone="good">Online</Mark>
            ) : (
              <span className="dimmed small">
                seen <Moment at={lastSeenAt} />
              </span>
            )}
          </li>
        ))}
      </Part>
      <Part
        title="People"
        of={people}
        none="Nobody is known yet."
        all={
          <PathLink to="/people" search={{ tenant: id }}>
            All {plural(people.totalCount ?? 0, 'person', 'people')}
          </PathLink>
        }
      >
        {people.nodes.map(({ uuid, name, upn }) => (
          <li key={uuid}>
            <PathLink to={`/people/${uuid}`}>{name}</PathLink> <span className="dimmed small">{upn}</span>
          </li>
        ))}
      </Part>
      <Part title="Tenants below it" of={children} none="There is none below it." all={<Link to="/tenants">All tenants</Link>}>
        {children.nodes.map(({ uuid, name, computers }) => (
          <li key={uuid}>
            <PathLink to={`/tenants/${uuid}`}>{name}</PathLink> <span className="dimmed small">{plural(computers.totalCount ?? 0, 'computer')}</span>
          </li>
        ))}
      </Part>
    </div>
  );
}

interface PartProps {
  title: string;
  of: { totalCount: number | null; nodes: readonly unknown[] };
  none: string;
  all: ReactNode;
  children: ReactNode;
}

function Part({ title, of: { totalCount, nodes }, none, all, children }: PartProps) {
  return (
    <section className="card">
      <h2>
        {title} <span className="dimmed">{totalCount}</span>
      </h2>
      {nodes.length === 0 ? <p className="dimmed small">{none}</p> : <ul className="plain">{children}</ul>}
      {(totalCount ?? 0) > nodes.length && <p className="small">{all}</p>}
    </section>
  );
}
