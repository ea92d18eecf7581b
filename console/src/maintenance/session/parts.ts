// Which items a session acts on, and which it leaves alone.
import { itemIn, type OfItem } from '~/catalogue/item/item.ts';

interface Part extends OfItem {
  /** Nothing where no deployment applies. */
  winner: { desired: { kind: string; text: string } | null } | null;
}

export interface Parts {
  brought: { name: string; state: string }[];
  leftAlone: string[];
}

export function partsOf(items: readonly Part[]): Parts {
  const parts: Parts = { brought: [], leftAlone: [] };
  for (const { winner, ...of } of items) {
    if (!winner) continue;
    const name = itemIn(of)?.name ?? 'An item that you may not see';
    if (winner.desired?.kind === 'IGNORED') parts.leftAlone.push(name);
    else parts.brought.push({ name, state: winner.desired?.text ?? 'as a deployment says that you may not see' });
  }
  return parts;
}
