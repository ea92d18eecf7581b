import { useState } from 'react';
import { movedWords } from './reach.ts';

/** The number that was shown first for a change: what somebody who looked has in mind. */
export function useFirst(change: string | undefined, count: number | undefined): number | undefined {
  const [first, setFirst] = useState({ change, count });
  if (first.change !== change || (first.count === undefined && count !== undefined)) setFirst({ change, count });
  return first.change === change ? first.count : undefined;
}

/** Says so where the number is another one by now. */
export function Moved({ before, now }: { before: number | undefined; now: number | undefined }) {
  const words = movedWords(before, now);
  return (
    <p role="status" hidden={!words}>
      {words}
    </p>
  );
}
