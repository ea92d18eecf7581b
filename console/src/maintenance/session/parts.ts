// Which items a session acts on, and which it leaves alone.

interface Item {
  software: { name: string } | null;
  /** Nothing where no deployment applies. */
  winner: { desired: { kind: string; text: string } | null } | null;
}

export interface Parts {
  brought: { name: string; state: string }[];
  leftAlone: string[];
}

export function partsOf(items: readonly Item[]): Parts {
  const parts: Parts = { brought: [], leftAlone: [] };
  for (const { software, winner } of items) {
    if (!winner) continue;
    const name = software?.name ?? 'An item that you may not see';
    if (winner.desired?.kind === 'IGNORED') parts.leftAlone.push(name);
    else parts.brought.push({ name, state: winner.desired?.text ?? 'as a deployment says that you may not see' });
  }
  return parts;
}
