// Conflicts between deployments, each once: both of the two tell of it.

interface Conflicting {
  uuid: string;
  conflicts: { totalCount: number | null; nodes: readonly { deployment: { uuid: string } | null }[] };
}

export function conflictsOf<D extends Conflicting>(deployments: readonly D[]): D[] {
  const told = new Set<string>();
  return deployments.filter(({ uuid, conflicts }) => {
    if (!conflicts.totalCount || told.has(uuid)) return false;
    for (const { deployment } of conflicts.nodes) if (deployment) told.add(deployment.uuid);
    return true;
  });
}
