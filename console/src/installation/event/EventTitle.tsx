import { Link } from '@tanstack/react-router';
import { type Names, namesIn, type Told } from './names.ts';
import { detailOf, titleOf } from './words.ts';

interface Props {
  event: Told & { position: string };
  /** What the events around it tell of names; its own if not given. */
  names?: Names | undefined;
}

/** What happened, and to what: the way to the event. */
export function EventTitle({ event, names }: Props) {
  return (
    <>
      <Link to="/events/$id" params={{ id: event.position }}>
        {titleOf(event.type)}
      </Link>
      <EventDetail event={event} names={names} />
    </>
  );
}

export function EventDetail({ event, names = namesIn([event]) }: { event: Told; names?: Names | undefined }) {
  const detail = detailOf(event.data, names);
  if (!detail) return null;
  return (
    <span className="dimmed" title={detail}>
      : {detail}
    </span>
  );
}
