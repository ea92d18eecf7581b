// Conflicts between deployments, each once: both of the two tell of it.

interface Conflicting {
  uuid: string;
  conflictCount: number;
  conflicts: { nodes: readonly { deployment: { uuid: string } | null }[] };
}

export function conflictsOf<D extends Conflicting>(deployments: readonly D[]): D[] {
  const told = new Set<string>();
  return deployments.filter(({ uuid, conflictCount, conflicts }) => {
    if (conflictCount === 0 || told.has(uuid)) return false;
    for (const { deployment } of conflicts.nodes) if (deployment) told.add(deployment.uuid);
    return true;
  });
}
