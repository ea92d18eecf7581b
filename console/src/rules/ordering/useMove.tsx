// Moves an item at once, since it decides nothing but an order and the way back is one press away.
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { useChange } from '~/kit/api/useChange.ts';
import type { Move } from './moves.ts';

const moveItem = graphql(`
  mutation MoveOrderingItem($input: MoveOrderingItemInput!) {
    done: moveOrderingItem(input: $input) { position userErrors { code message field } }
  }
`);

const WHERE = { BEGINNING: 'is at the beginning', UNORDERED: 'has no place in the order any more', END: 'is at the end' } as const;

export function useMove() {
  const { send, reset, outcome, isBusy } = useChange(moveItem);
  const move = async (to: Move, back: Move, name: string) => {
    reset();
    const came = await send((commandId) => ({ input: { ...to, options: { commandId } } }));
    if (came.kind !== 'done') return;
    const undo = <Undo document={moveItem} input={{ ...back }} />;
    tell(`${name} ${to.to === back.to ? 'was moved' : WHERE[to.to]}`, undo);
  };
  return { move, outcome, isBusy };
}
