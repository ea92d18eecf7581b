import type { Possibility } from './Action.tsx';

/** Something that cannot be done, as it is called, and why. */
export interface Refusal {
  label: string;
  reason: string;
}

/** Why it cannot be done; nothing if it can, if the server does not speak of it, or has not yet. */
export function refusalOf(may: Possibility | undefined): string | undefined {
  return may && !may.isAllowed && !may.isAwaited ? (may.reason ?? 'You may not do this.') : undefined;
}

/** Each reason once, with all that it forbids, in the order in which they came. */
export function byReason(refusals: readonly Refusal[]): { reason: string; labels: string[] }[] {
  const labels = new Map<string, Set<string>>();
  for (const { label, reason } of refusals) labels.set(reason, (labels.get(reason) ?? new Set()).add(bare(label)));
  return [...labels].map(([reason, those]) => ({ reason, labels: [...those] }));
}

/** Without the dots that say that something is asked first: nothing is. */
function bare(label: string): string {
  return label.replace(/…$/, '');
}
