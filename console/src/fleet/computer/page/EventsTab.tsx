import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { EventRows, eventRowFields } from '~/installation/event/EventRows.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { FEW, MOST } from './rows.ts';

export const eventsFragment = graphql(
  `
  fragment ComputerEvents on EventConnection {
    pageInfo { hasNextPage }
    nodes { ...EventRow }
  }
`,
  [eventRowFields],
);

interface Props {
  events: FragmentOf<typeof eventsFragment>;
  id: string;
}

/** What happened to the computer, its agents and its sessions; the newest first. */
export function EventsTab({ events, id }: Props) {
  const { nodes, pageInfo } = readFragment(eventsFragment, events);
  const navigate = useNavigate({ from: '/computers/$id' });
  if (nodes.length === 0 && !pageInfo.hasNextPage) return <Empty title="Nothing happened yet" />;
  const canGrow = pageInfo.hasNextPage && nodes.length <= FEW;
  const grow = () => void navigate({ search: (before) => ({ ...before, rows: String(MOST) }), replace: true, resetScroll: false });
  return (
    <div className="card">
      <EventRows events={nodes} label="Events of this computer" />
      <div className="bar">
        {canGrow && <Button onClick={grow}>Show up to {MOST}</Button>}
        <PathLink to="/events" search={{ computer: id }}>
          All of them, with filters
        </PathLink>
      </div>
    </div>
  );
}
