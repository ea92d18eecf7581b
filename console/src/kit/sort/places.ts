// Where something goes that is moved between lists: before one of a list, or behind all.

export interface SortedList {
  id: string;
  title: string;
  /** Whether a place in it means something; if not, it is only in it or not. */
  isOrdered: boolean;
  items: readonly string[];
}

export interface Place {
  list: string;
  /** Nothing is behind all. */
  before: string | undefined;
}

export interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function isSame(one: Place | undefined, other: Place | undefined): boolean {
  return one?.list === other?.list && one?.before === other?.before;
}

/** Where it stands. */
export function placeOf(lists: readonly SortedList[], item: string): Place | undefined {
  const list = lists.find(({ items }) => items.includes(item));
  return list && { list: list.id, before: list.isOrdered ? list.items[list.items.indexOf(item) + 1] : undefined };
}

/** The others of a list, and the place among them, from 0. */
function among({ items }: SortedList, item: string, before: string | undefined): { others: readonly string[]; index: number } {
  const others = items.filter((other) => other !== item);
  const index = before === undefined ? -1 : others.indexOf(before);
  return { others, index: index < 0 ? others.length : index };
}

function at(list: SortedList, others: readonly string[], index: number): Place {
  return { list: list.id, before: list.isOrdered ? others[index] : undefined };
}

/** One step on by a key: within a list and over its ends into the next one; left and right go from list to list. The same place at the end. */
export function stepped(lists: readonly SortedList[], item: string, place: Place, key: string): Place {
  const number = lists.findIndex(({ id }) => id === place.list);
  const list = lists[number];
  if (!list) return place;
  const { others, index } = among(list, item, place.before);
  const isDown = key === 'ArrowDown';
  if ((isDown || key === 'ArrowUp') && list.isOrdered) {
    const next = index + (isDown ? 1 : -1);
    if (next >= 0 && next <= others.length) return at(list, others, next);
  }
  const isOn = isDown || key === 'ArrowRight';
  const neighbour = lists[number + (isOn ? 1 : -1)];
  if (!neighbour) return place;
  const inNeighbour = among(neighbour, item, undefined).others;
  // Down comes in at the top and up at the end; sideways comes in at the end.
  return at(neighbour, inNeighbour, isDown ? 0 : inNeighbour.length);
}

/** The place under a point: in the list whose box it is in, before the first whose middle is below it. */
export function placeAt(
  lists: readonly SortedList[],
  item: string,
  { x, y }: { x: number; y: number },
  boxOf: (kind: 'list' | 'item', id: string) => Box | undefined,
): Place | undefined {
  const list = lists.find(({ id }) => {
    const box = boxOf('list', id);
    return box && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
  if (!list) return undefined;
  const { others } = among(list, item, undefined);
  const index = others.findIndex((other) => {
    const box = boxOf('item', other);
    return box && y < (box.top + box.bottom) / 2;
  });
  return at(list, others, index < 0 ? others.length : index);
}

/** "Beginning, place 2 of 3", for whoever hears it. */
export function placeWords(lists: readonly SortedList[], item: string, { list: id, before }: Place): string {
  const list = lists.find((one) => one.id === id);
  if (!list) return '';
  if (!list.isOrdered) return list.title;
  const { others, index } = among(list, item, before);
  return `${list.title}, place ${index + 1} of ${others.length + 1}`;
}

/** How far to scroll in one frame, in pixels, for a point that is near an edge: the nearer, the faster. */
export function scrollAt(y: number, { top, bottom }: Pick<Box, 'top' | 'bottom'>): number {
  const near = 48;
  if (y < top + near) return -Math.ceil(Math.min(near, top + near - y) / 4);
  if (y > bottom - near) return Math.ceil(Math.min(near, y - bottom + near) / 4);
  return 0;
}
