// Who moved what, the newest first.
import { ActorName, actorFragment } from '~/access/actor/Changed.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { movedOf, type Section } from './moves.ts';

export const movesFragment = graphql(
  `
  fragment OrderingMoves on EventConnection { nodes { position time reason data actor { ...ActorName } } }
`,
  [actorFragment],
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
        {nodes.map(({ position, time, reason, data, actor }) => {
          const moved = movedOf(data);
          const nameOf = (id: string) => names.get(id) ?? 'an item';
          return (
            <li key={position}>
              {moved && <PathLink to={`/software/${moved.itemId}`}>{nameOf(moved.itemId)}</PathLink>} {moved && WHERE[moved.to]}
              {moved?.beforeId && `, before ${nameOf(moved.beforeId)}`}, <Moment at={time} />
              {actor && (
                <>
                  {' '}
                  by <ActorName actor={actor} />
                </>
              )}
              {reason && <q className="break"> {reason}</q>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
