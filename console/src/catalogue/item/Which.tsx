import { itemIn, type OfItem } from './item.ts';

/** Beside its name: which software of that name it is. Nothing of tasks, whose names are their own. */
export function Which({ of }: { of: OfItem }) {
  const which = itemIn(of)?.which;
  return which ? <span className="which"> {which}</span> : null;
}
