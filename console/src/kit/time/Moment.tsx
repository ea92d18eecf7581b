import { useNow } from './clock.ts';
import { inFull, relativeTo } from './words.ts';

/** A time: in words, whole in its title. */
export function Moment({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <span className="dimmed">never</span>;
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={inFull(time)}>
      {relativeTo(time, now)}
    </time>
  );
}
