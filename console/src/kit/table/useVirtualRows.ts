// Of a table of any length only the rows in the window are there, each of one height: so that it can be scrolled to anywhere at once, and is found
// where it was by whoever comes back.
import { useElementScrollRestoration } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useNarrow } from '../style/useNarrow.ts';

const HEIGHT = 36;
const NARROW_HEIGHT = 56;
/** Rows beyond the window that are painted too. */
const OVERSCAN = 8;

/** `id` is that of the scrolling element, for the router. While it is not known how many rows there are, there is room for those that the window holds. */
export function useVirtualRows(id: string, known: number | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useNarrow();
  const height = isNarrow ? NARROW_HEIGHT : HEIGHT;
  const left = useElementScrollRestoration({ id })?.scrollY ?? 0;
  const [offset] = useState(left);
  const count = known ?? Math.ceil((offset + window.innerHeight) / height);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    initialOffset: offset,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows have another height
  useEffect(() => virtual.measure(), [height]);

  /** How many rows the window holds, less the one that is seen twice. */
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1);
  return { scroller, isNarrow, height, virtual, page };
}
