// Which rows of a list are chosen: some, or all that match but some.
import { useMemo, useState } from 'react';

export interface Selection {
  isAll: boolean;
  /** The chosen ones, or the ones that are not where all are. */
  ids: ReadonlySet<string>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  toggleAll: () => void;
  clear: () => void;
  count: (total: number) => number;
}

interface Chosen {
  isAll: boolean;
  ids: ReadonlySet<string>;
}

const NONE: Chosen = { isAll: false, ids: new Set() };

export function useSelection(): Selection {
  const [{ isAll, ids }, setChosen] = useState(NONE);
  // The same functions for as long as the list is there, whatever is chosen.
  const [change] = useState(() => ({
    toggle: (id: string) =>
      setChosen((before) => {
        const after = new Set(before.ids);
        if (!after.delete(id)) after.add(id);
        return { isAll: before.isAll, ids: after };
      }),
    toggleAll: () => setChosen((before) => ({ isAll: !before.isAll, ids: new Set() })),
    clear: () => setChosen(NONE),
  }));
  return useMemo(
    () => ({
      ...change,
      isAll,
      ids,
      has: (id) => ids.has(id) !== isAll,
      count: (total) => (isAll ? total - ids.size : ids.size),
    }),
    [change, isAll, ids],
  );
}
