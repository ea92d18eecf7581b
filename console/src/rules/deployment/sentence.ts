// What a deployment says, in one sentence.
import { type Enforcement, WHEN } from './kinds.ts';

interface Rule {
  /** The software or the cloud task, by its name. */
  item: string;
  /** "installed in the latest version, 24.2", as the API words it. */
  desired: string;
  /** "workstations of every tenant". */
  target: string;
  enforcement: Enforcement;
}

export function says({ item, desired, target, enforcement }: Rule): string {
  // "installed in the latest version, 24.2, on …": what was begun with a comma ends with one.
  const state = desired.includes(', ') ? `${desired},` : desired;
  return `${item} is to be ${state} on ${target}, ${WHEN[enforcement]}.`;
}

/** Said wherever a rule is changed or taken back: rules touch no computer, and undo nothing there. */
export const STAYS = 'No computer is touched now: what is installed stays, and the next session of each follows the rules that win then.';
