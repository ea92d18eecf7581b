import { Link } from '@tanstack/react-router';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { shortId, streamOf } from './streams.ts';

/** The thing that a stream is of: its page, or its events where it has none. */
export function About({ stream }: { stream: string }) {
  const { kind, id, place } = streamOf(stream);
  const words = (
    <>
      {kind} <span className="mono">{shortId(id)}</span>
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
