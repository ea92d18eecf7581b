// What deployments, actions and sessions are about: a software or a task of computers, a cloud task of tenants.
import { type Told, whichWords } from './which.ts';

export interface Named {
  uuid: string;
  name: string | null;
}

/** At most one of these is there. */
export interface OfItem {
  software?: (Named & Told) | null;
  task?: Named | null;
  cloudTask?: Named | null;
}

export interface Item {
  kind: 'software' | 'task' | 'cloudTask';
  uuid: string;
  name: string;
  /** What tells it from others of its name, where that was read. */
  which?: string | undefined;
}

/** Nothing where it is out of reach, or gone. */
export function itemIn({ software, task, cloudTask }: OfItem): Item | undefined {
  if (software) return { kind: 'software', ...named(software), which: whichWords(software) };
  if (task) return { kind: 'task', ...named(task) };
  return cloudTask ? { kind: 'cloudTask', ...named(cloudTask) } : undefined;
}

function named({ uuid, name }: Named) {
  return { uuid, name: name ?? uuid };
}

/** What each is called among the others, by its id: its name, and which one it is where another is called so. */
export function calledAmong(items: readonly Item[]): Map<string, string> {
  const ids = new Map<string, Set<string>>();
  for (const { uuid, name } of items) ids.set(name, (ids.get(name) ?? new Set()).add(uuid));
  return new Map(items.map(({ uuid, name, which }) => [uuid, which && (ids.get(name)?.size ?? 0) > 1 ? `${name}, ${which}` : name]));
}

/** Cloud tasks have a list, and no pages of their own. */
export function pathOfItem({ kind, uuid }: Item): string | undefined {
  if (kind === 'cloudTask') return undefined;
  return kind === 'software' ? `/software/${uuid}` : `/tasks/${uuid}`;
}

/** As what is of computers takes it: the one of the two that it is. */
export function idsOfItem(item: Item | undefined): { softwareId: string | undefined; taskId: string | undefined } {
  const id = (kind: Item['kind']) => (item?.kind === kind ? item.uuid : undefined);
  return { softwareId: id('software'), taskId: id('task') };
}
