import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { actorFields, By } from './By.tsx';

export const changeFragment = graphql(`fragment Changed on Change { at position by { ...ActorFields } }`, [actorFields]);

/** When, and because of whom. */
export function Changed({ change }: { change: FragmentOf<typeof changeFragment> }) {
  const { at, by } = readFragment(changeFragment, change);
  return (
    <>
      <Moment at={at} /> by <By actor={by} />
    </>
  );
}
