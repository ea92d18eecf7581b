import { Link } from '@tanstack/react-router';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { shortId, streamOf } from './streams.ts';

/** The thing that a stream is of: its page, or its events where it has none. */
interface Props {
  stream: string;
  /** What it is called, for whoever may see it. */
  subject: { title: string | null } | null;
}

export function About({ stream, subject }: Props) {
  const { kind, id, place } = streamOf(stream);
  const words = (
    <>
      {kind} {subject?.title ?? <span className="mono">{shortId(id)}</span>}
    </>
  );
  return place ? (
    <PathLink to={`/${place}/${id}`}>{words}</PathLink>
  ) : (
    <Link to="/events" search={{ stream, inner: 'yes' }}>
      {words}
    </Link>
  );
}
