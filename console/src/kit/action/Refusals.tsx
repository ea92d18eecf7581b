// What cannot be done, with the reason. Where several things side by side cannot be done for the same reason, it is said once, behind them all.
import { createContext, type ReactNode, useContext, useId, useLayoutEffect, useState } from 'react';
import css from './action.module.css';
import { byReason, type Refusal } from './refusal.ts';

type Tell = (id: string, refusals: readonly Refusal[]) => void;

const Gathering = createContext<Tell | undefined>(undefined);
const NONE: readonly Refusal[] = [];

/** One line for each reason. */
export function Refusals({ of }: { of: readonly Refusal[] }) {
  return byReason(of).map(({ reason, labels }) => (
    <span key={reason} className={css.refused}>
      <span aria-hidden>⊘</span> {labels.join(', ')}: <span className={css.reason}>{reason}</span>
    </span>
  ));
}

/** Gathers what the actions in it refuse, and says it behind them. */
export function SaidOnce({ children }: { children: ReactNode }) {
  const [gathered, setGathered] = useState<ReadonlyMap<string, readonly Refusal[]>>(new Map());
  const [tell] = useState(() => (id: string, refusals: readonly Refusal[]) => setGathered((before) => replaced(before, id, refusals)));
  return (
    <Gathering value={tell}>
      {children}
      <Refusals of={[...gathered.values()].flat()} />
    </Gathering>
  );
}

/** Hands what an action refuses to whoever gathers it; whether somebody does, and it need not be said in its place. */
export function useGathered(refusals: readonly Refusal[]): boolean {
  const id = useId();
  const tell = useContext(Gathering);
  // Before it is painted, at each rendering: what is the same as before changes nothing.
  useLayoutEffect(() => tell?.(id, refusals));
  useLayoutEffect(() => () => tell?.(id, NONE), [tell, id]);
  return tell !== undefined;
}

function replaced(before: ReadonlyMap<string, readonly Refusal[]>, id: string, refusals: readonly Refusal[]) {
  if (JSON.stringify(before.get(id) ?? NONE) === JSON.stringify(refusals)) return before;
  const after = new Map(before);
  if (refusals.length > 0) after.set(id, refusals);
  else after.delete(id);
  return after;
}
