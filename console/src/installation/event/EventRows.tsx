// A few events as a table: when, what, about what, who and why. Each row leads to its event, and to the thing that it is about.
import { Link } from '@tanstack/react-router';
import { actorFields, By } from '~/access/actor/By.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { duration } from '~/kit/time/words.ts';
import { About } from './About.tsx';
import css from './EventRows.module.css';
import { detailOf, titleOf } from './words.ts';

export const eventRowFields = graphql(
  `
  fragment EventRow on Event { position type stream subject { title } time reason data actor { ...ActorFields } }
`,
  [actorFields],
);

interface Props {
  events: readonly FragmentOf<typeof eventRowFields>[];
  label: string;
  /** Times are told from here on; what the events are about is known then. */
  since?: string;
}

export function EventRows({ events: masked, label, since }: Props) {
  const events = readFragment(eventRowFields, masked);
  return (
    <table className={`rows ${css.rows}`} aria-label={label}>
      <thead>
        <tr>
          <th scope="col" className={css.when}>
            {since ? 'After' : 'When'}
          </th>
          <th scope="col">What</th>
          {!since && (
            <th scope="col" className={css.about}>
              About
            </th>
          )}
          <th scope="col" className={css.who}>
            Who
          </th>
        </tr>
      </thead>
      <tbody>
        {events.map(({ position, type, stream, subject, time, reason, data, actor }) => (
          <tr key={position}>
            <td className={css.when}>{since ? duration(Math.max(0, Date.parse(time) - Date.parse(since))) : <Moment at={time} />}</td>
            <td>
              <Link to="/events/$id" params={{ id: position }}>
                {titleOf(type)}
              </Link>
              <Detail data={data} />
              {!since && (
                <div className={css.narrow}>
                  <About stream={stream} subject={subject} />
                </div>
              )}
              {reason && <div className={css.reason}>{reason}</div>}
            </td>
            {!since && (
              <td className={css.about}>
                <About stream={stream} subject={subject} />
              </td>
            )}
            <td>
              <By actor={actor} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ data }: { data: unknown }) {
  const detail = detailOf(data);
  return detail ? <span className="dimmed">: {detail}</span> : null;
}
