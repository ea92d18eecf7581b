// A flat list of things that name the one above them, as the rows of a tree.

export interface Branch<R> {
  key: string;
  record: R;
  children: Branch<R>[];
}

export interface TreeRow<R> {
  key: string;
  record: R;
  /** 1 at the top. */
  level: number;
  /** Whether those below are shown; nothing where there is none below. */
  isOpen: boolean | undefined;
  /** Its place among those beside it, from 1, and how many they are. */
  place: number;
  ofSize: number;
}

/** What names nothing above it that is here is at the top. Those beside each other keep the order of the list. */
export function forestOf<R>(records: readonly R[], keyOf: (record: R) => string, aboveOf: (record: R) => string | undefined): Branch<R>[] {
  const branches = new Map(records.map((record) => [keyOf(record), { key: keyOf(record), record, children: [] as Branch<R>[] }]));
  const top: Branch<R>[] = [];
  for (const branch of branches.values()) {
    const above = aboveOf(branch.record);
    const home = above === undefined ? undefined : branches.get(above);
    (home ? home.children : top).push(branch);
  }
  return top;
}

/** Only what matches, with what leads to it. */
export function pruned<R>(forest: readonly Branch<R>[], matches: (record: R) => boolean): Branch<R>[] {
  return forest.flatMap((branch) => {
    const children = pruned(branch.children, matches);
    return children.length > 0 || matches(branch.record) ? [{ ...branch, children }] : [];
  });
}

/** The rows that are in view, from the top down. */
export function rowsOf<R>(forest: readonly Branch<R>[], isOpen: (key: string) => boolean, level = 1): TreeRow<R>[] {
  return forest.flatMap(({ key, record, children }, index) => {
    const open = children.length > 0 ? isOpen(key) : undefined;
    const row = { key, record, level, isOpen: open, place: index + 1, ofSize: forest.length };
    return open ? [row, ...rowsOf(children, isOpen, level + 1)] : [row];
  });
}

/** A sum over each thing and all below it, by key. */
export function sums<R>(forest: readonly Branch<R>[], amountOf: (record: R) => number, into = new Map<string, number>()): Map<string, number> {
  for (const { key, record, children } of forest) {
    sums(children, amountOf, into);
    into.set(
      key,
      children.reduce((sum, child) => sum + (into.get(child.key) ?? 0), amountOf(record)),
    );
  }
  return into;
}
