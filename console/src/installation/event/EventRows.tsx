// A few events as a table: when, what, about what, who and why. Each row leads to its event, and to the thing that it is about.
import { actorFields, By } from '~/access/actor/By.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { duration } from '~/kit/time/words.ts';
import { About } from './About.tsx';
import css from './EventRows.module.css';
import { EventTitle } from './EventTitle.tsx';
import { namesIn, toldFragment } from './names.ts';

export const eventRowFields = graphql(
  `
  fragment EventRow on Event { position time reason actor { ...ActorFields } ...ToldEvent }
`,
  [actorFields, toldFragment],
);

interface Props {
  events: readonly FragmentOf<typeof eventRowFields>[];
  label: string;
  /** Whether all of them are about the thing whose page it is. */
  isOfOne?: boolean;
  /** Times are told from here on. */
  since?: string;
}

export function EventRows({ events: masked, label, since, isOfOne = false }: Props) {
  const events = readFragment(eventRowFields, masked);
  const names = namesIn(events);
  return (
    <table className={`rows ${css.rows}`} aria-label={label}>
      <thead>
        <tr>
          <th scope="col" className={css.when}>
            {since ? 'After' : 'When'}
          </th>
          <th scope="col">What</th>
          {!isOfOne && (
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
        {events.map((event) => (
          <tr key={event.position}>
            <td className={css.when}>{since ? duration(Math.max(0, Date.parse(event.time) - Date.parse(since))) : <Moment at={event.time} />}</td>
            <td>
              <EventTitle event={event} names={names} />
              {!isOfOne && (
                <div className={css.narrow}>
                  <About stream={event.stream} subject={event.subject} />
                </div>
              )}
              {event.reason && <div className={css.reason}>{event.reason}</div>}
            </td>
            {!isOfOne && (
              <td className={css.about}>
                <About stream={event.stream} subject={event.subject} />
              </td>
            )}
            <td>
              <By actor={event.actor} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
