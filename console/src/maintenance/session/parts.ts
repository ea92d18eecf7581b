// Which items a session acts on, what comes along with them, and which it leaves alone.
import { calledAmong, itemIn, type Named, type OfItem } from '~/catalogue/item/item.ts';
import type { Told } from '~/catalogue/item/which.ts';
import { capital } from '~/kit/text/words.ts';

interface Needing extends Named, Told {
  prerequisites: readonly { text: string; consequence: { kind: string } }[];
}

interface Part extends OfItem {
  software: Needing | null;
  /** Nothing where no deployment applies. */
  winner: { desired: { kind: string; text: string } | null } | null;
}

export interface Parts {
  brought: { name: string; state: string }[];
  leftAlone: string[];
  /** What the prerequisites of what is to be installed say. */
  needs: string[];
  /** Whether one of them has other software uninstalled. */
  uninstalls: boolean;
}

/** Prerequisites are of what is installed, in whichever version. */
const INSTALLING: readonly (string | undefined)[] = ['INSTALLED_LATEST', 'INSTALLED_EXACTLY', 'INSTALLED_AT_LEAST', 'UPDATE_IF_FOUND'];

export function partsOf(items: readonly Part[]): Parts {
  const parts: Parts = { brought: [], leftAlone: [], needs: [], uninstalls: false };
  const called = calledAmong(items.flatMap((one) => itemIn(one) ?? []));
  for (const { winner, ...of } of items) {
    if (!winner) continue;
    const name = called.get(itemIn(of)?.uuid ?? '') ?? 'An item that you may not see';
    if (winner.desired?.kind === 'IGNORED') parts.leftAlone.push(name);
    else parts.brought.push({ name, state: winner.desired?.text ?? 'as a deployment says that you may not see' });
    if (!INSTALLING.includes(winner.desired?.kind)) continue;
    for (const { text, consequence } of of.software?.prerequisites ?? []) {
      parts.needs.push(capital(text));
      parts.uninstalls ||= consequence.kind === 'UNINSTALL';
    }
  }
  return parts;
}
