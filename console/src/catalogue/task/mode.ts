// The modes in which a task can be wanted, and what each of them takes. Which ones it can serve the server says; why not, its scripts tell.
import type { graphql } from '~/kit/api/graphql.ts';
import { ofRole } from '../script/roles.ts';
import { phraseOf, type Role } from './role.ts';

export type Mode = ReturnType<typeof graphql.scalar<'TaskMode'>>;

export const MODES = ['ENFORCE', 'AUDIT', 'MONITOR'] as const satisfies readonly Mode[];

export const MODE_WORDS: Record<Mode, { done: string; means: string }> = {
  ENFORCE: { done: 'enforced', means: 'tested, set where it is not as it should be, and tested again' },
  AUDIT: { done: 'audited', means: 'tested; what differs is reported, and nothing is done' },
  MONITOR: { done: 'monitored', means: 'its value is collected' },
};

const TAKES: Record<Mode, readonly Role[]> = { ENFORCE: ['TEST', 'SET'], AUDIT: ['TEST'], MONITOR: ['GET'] };

export interface Served {
  modes: readonly Mode[];
  scripts: readonly { role: Role }[];
}

/** Why it cannot serve a mode; nothing if it can. */
export function whyNotServed(mode: Mode, { modes, scripts }: Served): string | undefined {
  if (modes.includes(mode)) return undefined;
  const lacking = TAKES[mode].filter((role) => !ofRole(scripts, role)).map(phraseOf);
  return `it has no ${lacking.join(' and no ')} script`;
}

/** Which modes it serves no longer without a script of this role, in words; nothing if that makes no difference. */
export function lostWithout(role: Role, { modes }: Served): string | undefined {
  const lost = modes.filter((mode) => role === 'COMBINED' || TAKES[mode].includes(role)).map((mode) => MODE_WORDS[mode].done);
  return lost.length > 0 ? [lost.slice(0, -1).join(', '), lost.at(-1)].filter(Boolean).join(' or ') : undefined;
}
