// What deployments, actions and sessions are about: a software or a task of computers, a cloud task of tenants.

export interface Named {
  uuid: string;
  name: string | null;
}

/** At most one of these is there. */
export interface OfItem {
  software?: Named | null;
  task?: Named | null;
  cloudTask?: Named | null;
}

export interface Item {
  kind: 'software' | 'task' | 'cloudTask';
  uuid: string;
  name: string;
}

/** Nothing where it is out of reach, or gone. */
export function itemIn({ software, task, cloudTask }: OfItem): Item | undefined {
  if (software) return { kind: 'software', ...named(software) };
  if (task) return { kind: 'task', ...named(task) };
  return cloudTask ? { kind: 'cloudTask', ...named(cloudTask) } : undefined;
}

function named({ uuid, name }: Named) {
  return { uuid, name: name ?? uuid };
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
