// Moves an item at once, since it decides nothing but an order and the way back is one press away. It stands where it was put before the
// server has answered, and goes back where it was if the server refuses.
import { useState } from 'react';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { useChange } from '~/kit/api/useChange.ts';
import { isBefore } from '~/kit/live/position.ts';
import type { Move } from './moves.ts';

const moveItem = graphql(`
  mutation MoveOrderingItem($input: MoveOrderingItemInput!) {
    done: moveOrderingItem(input: $input) { position userErrors { code message field } }
  }
`);

const WHERE = { BEGINNING: 'is at the beginning', UNORDERED: 'has no place in the order any more', END: 'is at the end' } as const;

interface Sent {
  to: Move;
  /** Where it was recorded; nothing before the answer. */
  position?: string | undefined;
}

/** `position` is that of the order that is shown. */
export function useMove(position: string | undefined) {
  const { send, reset, outcome, isBusy } = useChange(moveItem);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  /** What went back where it was, by its name. */
  const [refused, setRefused] = useState<string>();
  const underway = sent.filter(({ position: at }) => at === undefined || position === undefined || isBefore(position, at));
  const move = async (to: Move, back: Move, name: string) => {
    reset();
    setRefused(undefined);
    const mine: Sent = { to };
    setSent([...underway, mine]);
    const came = await send((commandId) => ({ input: { ...to, options: { commandId } } }));
    if (came.kind !== 'done') {
      setRefused(name);
      return setSent((before) => before.filter((one) => one !== mine));
    }
    setSent((before) => before.map((one) => (one === mine ? { to, position: came.position } : one)));
    tell(`${name} ${to.to === back.to ? 'was moved' : WHERE[to.to]}`, <Undo document={moveItem} input={back} />);
  };
  return { move, underway: underway.map(({ to }) => to), refused, outcome, isBusy };
}
