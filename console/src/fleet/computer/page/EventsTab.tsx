import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { actorFields, By } from '~/access/actor/By.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { spaced } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { FEW, MOST } from './rows.ts';

export const eventsFragment = graphql(
  `
  fragment ComputerEvents on EventConnection {
    pageInfo { hasNextPage }
    nodes { position type stream time reason actor { ...ActorFields } }
  }
`,
  [actorFields],
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
      <Wide label="Events of this computer">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">In</th>
              <th scope="col">By</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ position, type, stream, time, reason, actor }) => (
              <tr key={position}>
                <td>
                  <Moment at={time} />
                </td>
                <td>
                  <PathLink to={`/events/${position}`}>{spaced(type)}</PathLink>
                </td>
                <td>
                  <PathLink to="/events" search={{ stream }}>
                    {stream.slice(0, stream.indexOf('-'))}
                  </PathLink>
                </td>
                <td>{actor ? <By actor={actor} /> : <span className="dimmed">not known</span>}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <div className="bar">
        {canGrow && <Button onClick={grow}>Show up to {MOST}</Button>}
        <PathLink to="/events" search={{ computer: id }}>
          All of them, with filters
        </PathLink>
      </div>
    </div>
  );
}
