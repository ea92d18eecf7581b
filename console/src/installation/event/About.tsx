import { Link } from '@tanstack/react-router';
import { Reference } from '~/kit/url/Reference.tsx';
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
    <Reference place={place} id={id}>
      {words}
    </Reference>
  ) : (
    <Link to="/events" search={{ stream, inner: 'yes' }}>
      {words}
    </Link>
  );
}
