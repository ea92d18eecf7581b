// The ways back: what takes one revision back, and what leads back to it. Each is a new change like any other.
import type { Draft } from '../editor/draft.ts';
import { changedParts, type Rule } from '../editor/input.ts';
import { withParts } from '../editor/threeWays.ts';
import type { Act } from '../search.ts';
import { decisionIn, type Part, type Said } from './said.ts';

/** The deployment as it is now. */
export interface Now {
  status: string;
  recommendation: string | null;
  draft: Draft;
}

export type Way =
  /** It is to say this. */
  | { kind: 'change'; draft: Draft }
  /** A mutation does the opposite. */
  | { kind: 'act'; act: Act }
  /** There is nothing to take back, or nothing that would. */
  | { kind: 'none'; why: string | undefined };

const RULE_PARTS: Partial<Record<Part, keyof Rule>> = { TARGET: 'target', DESIRED: 'desired', ENFORCEMENT: 'enforcement', PARAMETERS: 'parameters' };
const OPPOSITES: Readonly<Record<string, Act>> = { ENABLED: 'disable', DISABLED: 'enable', APPROVED: 'dismiss', DISMISSED: 'approve' };

const none = (why?: string): Way => ({ kind: 'none', why });
const UNDONE = 'taken back since';

/** What it changed becomes again what it was before; whatever else was changed since stays. */
export function undoOf(now: Now, before: Said | undefined, said: Said): Way {
  const { changed, status } = said;
  if (changed.includes('CREATED') || status === 'DELETED') return none();
  if (changed.includes('STATUS')) return opposite(status, now.status);
  if (changed.includes('RECOMMENDATION')) return opposite(decisionIn(said), now.recommendation);
  if (!before) return none('what was before it is out of your sight');
  const parts = Object.fromEntries(changed.map((part) => [RULE_PARTS[part], true]));
  const draft = withParts(now.draft, before.draft, parts);
  return isSaid(now.draft, draft) ? none(UNDONE) : { kind: 'change', draft };
}

function opposite(said: string | undefined, now: string | null): Way {
  const act = said && OPPOSITES[said];
  if (!act) return none();
  return said === now ? { kind: 'act', act } : none(UNDONE);
}

/** It says again all that it said then; whether it is in force stays as it is. */
export function backTo(now: Now, said: Said): Way {
  return isSaid(now.draft, said.draft) ? none() : { kind: 'change', draft: said.draft };
}

/** Whether both say the same, whatever their status. */
function isSaid(one: Draft, other: Draft): boolean {
  return Object.keys(changedParts(one, other)).length === 0;
}
