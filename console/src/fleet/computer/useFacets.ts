// The counts beside the choices of a filter, read while its choices are in view.
import { useState } from 'react';
import { useBeside } from '~/kit/live/useBeside.ts';
import { countOf, type Facet, facetsQuery, without } from './facets.ts';
import type { ComputersFilter } from './matching.ts';

/** What a select needs to show counts. */
interface Counted {
  detailOf: (choice: string) => string | undefined;
  onDropdownOpen: () => void;
  onDropdownClose: () => void;
}

interface UsedFacets {
  counted: (facet: Facet) => Counted;
  /** The tags that the most carry. */
  tags: readonly string[];
}

/** `position` is that of the list which the filters are of. */
export function useFacets(filter: ComputersFilter, position: string | undefined): UsedFacets {
  const [looking, setLooking] = useState<Facet>();
  const { data } = useBeside(facetsQuery, { filter: looking ? without(filter, looking) : filter }, looking && position);
  const facets = looking ? data?.computerFacets : undefined;
  const counted = (facet: Facet): Counted => ({
    detailOf: (choice) => (facets && facet === looking ? countOf(facets, facet, choice)?.toLocaleString('en') : undefined),
    onDropdownOpen: () => setLooking(facet),
    // Another may have been opened before this one was closed.
    onDropdownClose: () => setLooking((before) => (before === facet ? undefined : before)),
  });
  return { counted, tags: (facets?.tags ?? []).map(({ tag }) => tag) };
}
