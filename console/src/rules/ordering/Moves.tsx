// Who moved what, the newest first.
import { actorFields, By } from '~/access/actor/By.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { type Moved, movedOf, type Section } from './moves.ts';

export const movesFragment = graphql(
  `
  fragment OrderingMoves on EventConnection { nodes { position time reason data actor { ...ActorFields } } }
`,
  [actorFields],
);

const WHERE: Record<Section, string> = { BEGINNING: 'to the beginning', UNORDERED: 'out of the order', END: 'to the end' };

interface Props {
  of: ResultOf<typeof movesFragment>;
  /** What is called how, of the items in view. */
  names: ReadonlyMap<string, string>;
}

export function Moves({ of: { nodes }, names }: Props) {
  if (nodes.length === 0) return null;
  return (
    <section className="card">
      <h2>Who moved what</h2>
      <ol className="plain">
        {nodes.map(({ position, time, reason, data, actor }) => (
          <li key={position} className="text">
            <What moved={movedOf(data)} names={names} />, <Moment at={time} />
            {actor && (
              <>
                {' '}
                by <By actor={actor} />
              </>
            )}
            {reason && (
              <>
                {': '}
                <q className="break">{reason}</q>
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function What({ moved, names }: { moved: Moved | undefined; names: ReadonlyMap<string, string> }) {
  if (!moved) return <>something was moved</>;
  const { itemId, to, beforeId, isSoftware } = moved;
  const name = names.get(itemId) ?? 'an item';
  return (
    <>
      {isSoftware ? <PathLink to={`/software/${itemId}`}>{name}</PathLink> : name} {WHERE[to]}
      {beforeId && `, before ${names.get(beforeId) ?? 'another one'}`}
    </>
  );
}
