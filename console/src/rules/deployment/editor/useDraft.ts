// The draft of the page, and what it began from. It outlives a reload: it is in the session's storage until it is saved or given up.
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, EMPTY } from './draft.ts';

/** What was there when the draft began. */
export interface Base {
  /** Of the deployment that is edited; nothing of a new one. */
  revision?: number | undefined;
  draft: Draft;
}

interface Kept {
  base: Base;
  draft: Draft;
}

export interface Drafting extends Kept {
  isDirty: boolean;
  /** Whether it was begun before the page was opened. */
  isResumed: boolean;
  change: (part: Partial<Draft>) => void;
  /** Begins from something else, with this draft. */
  rebase: (base: Base, draft: Draft) => void;
  /** It is saved, or given up. */
  forget: () => void;
}

export function useDraft(name: string, start: Base): Drafting {
  const key = `deployment draft: ${name}`;
  const [resumed] = useState(() => keptIn(sessionStorage.getItem(key)));
  const [kept, setKept] = useState<Kept>(resumed ?? { base: start, draft: start.draft });
  const isForgotten = useRef(false);
  const isDirty = JSON.stringify(kept.base.draft) !== JSON.stringify(kept.draft);

  useEffect(() => {
    if (isForgotten.current) return;
    if (isDirty) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  }, [key, kept, isDirty]);

  const change = useCallback((part: Partial<Draft>) => setKept(({ base, draft }) => ({ base, draft: { ...draft, ...part } })), []);
  const rebase = useCallback((base: Base, draft: Draft) => setKept({ base, draft }), []);
  const forget = useCallback(() => {
    isForgotten.current = true;
    sessionStorage.removeItem(key);
  }, [key]);
  return { ...kept, isDirty, isResumed: resumed !== undefined, change, rebase, forget };
}

/** Nothing where it is not what this console would have written; what an earlier one did not know is as in a new draft. */
export function keptIn(text: string | null): Kept | undefined {
  try {
    const { base, draft } = JSON.parse(text ?? '') as Partial<Kept>;
    return base?.draft && draft ? { base: { ...base, draft: { ...EMPTY, ...base.draft } }, draft: { ...EMPTY, ...draft } } : undefined;
  } catch {
    return undefined;
  }
}
