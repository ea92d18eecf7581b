// Where an item goes: to a section, right before another item there, or behind all.

export type Section = 'BEGINNING' | 'UNORDERED' | 'END';

export interface Move {
  itemId: string;
  to: Section;
  beforeId?: string | undefined;
}

export type Ordered = Exclude<Section, 'UNORDERED'>;

/** Before the one that is right above it; nothing for the first. */
export function up(to: Ordered, ids: readonly string[], index: number): Move | undefined {
  const above = ids[index - 1];
  return above === undefined ? undefined : { itemId: ids[index] as string, to, beforeId: above };
}

/** Behind the one that is right below it; nothing for the last. */
export function down(to: Ordered, ids: readonly string[], index: number): Move | undefined {
  return index >= ids.length - 1 ? undefined : { itemId: ids[index] as string, to, beforeId: ids[index + 2] };
}

/** The move that takes one back: to where the item stands now. */
export function back(itemId: string, lists: Record<Ordered, readonly string[]>): Move {
  for (const to of ['BEGINNING', 'END'] as const) {
    const index = lists[to].indexOf(itemId);
    if (index >= 0) return { itemId, to, beforeId: lists[to][index + 1] };
  }
  return { itemId, to: 'UNORDERED' };
}

/** The lists with the item where it goes; out of the order it is in neither. */
export function placed(lists: Record<Ordered, readonly string[]>, { itemId, to, beforeId }: Move): Record<Ordered, readonly string[]> {
  const without = (ids: readonly string[]) => ids.filter((id) => id !== itemId);
  const after = { BEGINNING: without(lists.BEGINNING), END: without(lists.END) };
  if (to === 'UNORDERED') return after;
  const index = beforeId === undefined ? -1 : after[to].indexOf(beforeId);
  return { ...after, [to]: after[to].toSpliced(index < 0 ? after[to].length : index, 0, itemId) };
}

export interface Moved extends Move {
  isSoftware: boolean;
}

/** What an event of the type ItemMoved tells; nothing where it is of another shape. */
export function movedOf(event: unknown): Moved | undefined {
  const { item, to, before } = (event ?? {}) as { item?: { id?: unknown; kind?: unknown }; to?: unknown; before?: { id?: unknown } | null };
  const section = (['BEGINNING', 'UNORDERED', 'END'] as const).find((known) => known.toLowerCase() === to);
  if (typeof item?.id !== 'string' || !section) return undefined;
  const beforeId = typeof before?.id === 'string' ? before.id : undefined;
  return { itemId: item.id, to: section, beforeId, isSoftware: item.kind === 'software' };
}
