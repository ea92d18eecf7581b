// What happened to a thing, newest first, on its own page.
import { actorFields, By } from '~/access/actor/By.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { spaced } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const latestEventFragment = graphql(
  `
    fragment LatestEvent on Event { id position time type reason actor { ...ActorFields } }
  `,
  [actorFields],
);

export function LatestEvents({ events }: { events: readonly FragmentOf<typeof latestEventFragment>[] }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {readFragment(latestEventFragment, events).map(({ id, position, time, type, reason, actor }) => (
          <tr key={id}>
            <td>
              <Moment at={time} />
            </td>
            <td>
              <PathLink to={`/events/${position}`}>{spaced(type)}</PathLink>
            </td>
            <td>{actor && <By actor={actor} />}</td>
            <td>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
