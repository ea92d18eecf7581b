// What sessions last saw of each item. A session that leaves an item alone does not look at it; one that was cut short may not have.

interface Action {
  software?: { uuid: string } | null;
  task?: { uuid: string } | null;
  type: string | null;
  reason: string | null;
  detected: string | null;
}

interface Session {
  actions: readonly Action[];
}

export interface Look<S extends Session> {
  /** The newest session that had an action for the item. */
  last: { session: S; action: S['actions'][number] };
  /** The newest one that looked what is there. */
  seen: { session: S; action: S['actions'][number] } | undefined;
}

/** By item; the sessions oldest first. */
export function lastLooks<S extends Session>(sessions: readonly S[]): Map<string, Look<S>> {
  const looks = new Map<string, Look<S>>();
  for (const session of sessions) {
    for (const action of session.actions) {
      const uuid = (action.software ?? action.task)?.uuid;
      if (!uuid) continue;
      const last = { session, action };
      looks.set(uuid, { last, seen: hasLooked(action) ? last : looks.get(uuid)?.seen });
    }
  }
  return looks;
}

/**
 * An action has a type once detection has told, unless nothing had to be detected. What nothing needs may have been looked at to judge that: only a
 * version that was found tells it.
 */
function hasLooked({ type, reason, detected }: Action): boolean {
  return type !== null && reason !== 'IGNORED' && (reason !== 'NOT_NEEDED' || detected !== null);
}
