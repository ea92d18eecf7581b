// Which part of a preview is looked at: of one kind, at one tenant, page by page.
import { useState } from 'react';
import { type Cursors, useCursors } from '~/kit/table/Pager.tsx';
import type { ChangesView } from './usePreview.ts';

export interface Looking {
  view: ChangesView;
  choose: (part: Pick<ChangesView, 'kind'> | Pick<ChangesView, 'tenantId'>) => void;
  cursors: Cursors;
}

type Part = Pick<ChangesView, 'kind' | 'tenantId'>;

/** `of` is what is previewed, as text: what was looked at of another change is not in this one. */
export function useLooking(of: string, first: number): Looking {
  const [chosen, setChosen] = useState<{ of: string; part: Part }>({ of, part: {} });
  const part = chosen.of === of ? chosen.part : {};
  const cursors = useCursors(JSON.stringify([of, part]));
  return { view: { ...part, first, after: cursors.after }, choose: (other) => setChosen({ of, part: { ...part, ...other } }), cursors };
}
