// The tags that are in use, counted from what carries them. Upper and lower case are the same; the first spelling that is met is shown.

export type Bearer = 'computers' | 'tenants' | 'people';

export interface Tag {
  name: string;
  counts: Readonly<Record<Bearer, number>>;
}

type Tagged = Readonly<Record<Bearer, readonly { tags: readonly string[] }[]>>;

const BEARERS: readonly Bearer[] = ['computers', 'tenants', 'people'];

/** By name. */
export function tagsOf(tagged: Tagged): Tag[] {
  const tags = new Map<string, { name: string; counts: Record<Bearer, number> }>();
  for (const bearer of BEARERS) {
    for (const { tags: names } of tagged[bearer]) {
      for (const name of names) {
        const key = name.toLowerCase();
        const tag = tags.get(key) ?? { name, counts: { computers: 0, tenants: 0, people: 0 } };
        tag.counts[bearer] += 1;
        tags.set(key, tag);
      }
    }
  }
  return [...tags.values()].sort((one, other) => one.name.localeCompare(other.name, 'en', { sensitivity: 'base', numeric: true }));
}

/** Those whose name contains a text, whatever the case. */
export function matching(tags: readonly Tag[], text: string | undefined): readonly Tag[] {
  if (!text) return tags;
  const wanted = text.toLowerCase();
  return tags.filter(({ name }) => name.toLowerCase().includes(wanted));
}
