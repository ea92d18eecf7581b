// What the scripts of a task are for, in words.
import type { graphql } from '~/kit/api/graphql.ts';
import { ofRole, type PartWords } from '../script/roles.ts';

export type Role = ReturnType<typeof graphql.scalar<'TaskScriptRole'>>;

export const ROLES = ['TEST', 'SET', 'GET', 'COMBINED'] as const satisfies readonly Role[];

/** How an answer is given (docs/tasks.md). */
const ANSWERING = 'PowerShell answers by its output, the others in the file that UPKEEP_RESULT names or by what they print last.';

export const ROLE_WORDS: Record<Role, PartWords> = {
  TEST: {
    name: 'Test',
    means: `Answers whether it is as it should be: true or false, once. Anything else says nothing, and the action fails. ${ANSWERING}`,
  },
  SET: { name: 'Set', means: 'Makes it as it should be. It runs only where the test says that it is not, and the test runs again after it.' },
  GET: {
    name: 'Get',
    means: `Answers with its value: one value of any shape, at most 16 KiB of JSON. Anything else says nothing, and the action fails. ${ANSWERING}`,
  },
  COMBINED: {
    name: 'Combined',
    means: `All of them in one. It finds in UPKEEP_METHOD what is asked of it (test, set or get), and answers as a separate script for that would. ${ANSWERING}`,
  },
};

/** "test", as in "the test script". */
export const phraseOf = (role: Role): string => ROLE_WORDS[role].name.toLowerCase();

/** What the server takes for a time limit that is not given, in seconds (schema.graphql, `SetTaskScriptInput`). */
export const usualTimeout = (role: Role): number => (role === 'TEST' || role === 'GET' ? 120 : 900);

interface Scripted {
  role: Role;
}

/** The script that keeps one of this role away: separate scripts and a combined one do not stand beside each other. */
export function rivalOf(role: Role, scripts: readonly Scripted[]): Role | undefined {
  return scripts.find((there) => (there.role === 'COMBINED') !== (role === 'COMBINED'))?.role;
}

/** Why a script cannot be written; nothing if it can. */
export function whyNotSet(role: Role, scripts: readonly Scripted[]): string | undefined {
  const rival = rivalOf(role, scripts);
  return rival && `It has a ${phraseOf(rival)} script, and has separate scripts or a combined one: remove that first.`;
}

/** The one that is shown first: what is there, or what comes first. */
export function firstOf(scripts: readonly Scripted[]): Role {
  return ROLES.find((role) => ofRole(scripts, role)) ?? 'TEST';
}
