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
  return useMemo(() => {
    const toggle = (id: string) =>
      setChosen((before) => {
        const after = new Set(before.ids);
        if (!after.delete(id)) after.add(id);
        return { isAll: before.isAll, ids: after };
      });
    return {
      isAll,
      ids,
      has: (id) => ids.has(id) !== isAll,
      toggle,
      toggleAll: () => setChosen((before) => ({ isAll: !before.isAll, ids: new Set() })),
      clear: () => setChosen(NONE),
      count: (total) => (isAll ? total - ids.size : ids.size),
    };
  }, [isAll, ids]);
}
