// What the scripts of a software are for, in words, and which of them a version cannot be without.
import type { graphql } from '~/kit/api/graphql.ts';
import { ofRole, type PartWords } from '../script/roles.ts';

export type Role = ReturnType<typeof graphql.scalar<'ScriptRole'>>;

/** Those that a version may have of its own, as they come in its life on a computer. */
export const OWN_ROLES = ['DOWNLOAD', 'INSTALL', 'UPGRADE', 'POST_INSTALL', 'TEST', 'REPAIR', 'UNINSTALL', 'POST_UNINSTALL'] as const satisfies readonly Role[];

export type OwnRole = (typeof OWN_ROLES)[number];

/** All of them. */
export const ROLES = ['AVAILABLE', ...OWN_ROLES] as const satisfies readonly Role[];

export const ROLE_WORDS: Record<Role, PartWords> = {
  AVAILABLE: {
    name: 'Availability',
    means:
      'Answers with the newest version that this computer can get, in the file that UPKEEP_RESULT names (PowerShell: by its output), or with nothing where there is none. Where there is such a script, that is what "latest" means on each computer: a session asks once, nothing has to be published, and the other scripts find the version in UPKEEP_VERSION. It may answer with an object of version, url and sha256: the agent fetches that file.',
  },
  DOWNLOAD: { name: 'Download', means: 'Fetches what an installation, an upgrade or a repair needs, before anything is changed.' },
  INSTALL: { name: 'Install', means: 'Brings a version onto the computer. UPKEEP_PACKAGE is the path of its package.' },
  UPGRADE: { name: 'Upgrade', means: 'Brings an older version to this one, if the upgrade strategy lets it.' },
  POST_INSTALL: { name: 'Post-install', means: 'Runs after an installation, an upgrade or a repair.' },
  TEST: {
    name: 'Test',
    means: 'Tells whether what is there works: it ends with 0, and its last line is true or false. Anything else says nothing, and the action fails.',
  },
  REPAIR: { name: 'Repair', means: 'Mends a version that is there and does not work, if the repair strategy wants it.' },
  UNINSTALL: { name: 'Uninstall', means: 'Takes a version off the computer.' },
  POST_UNINSTALL: { name: 'Post-uninstall', means: 'Runs after a removal.' },
};

/** "install", as in "the install script". */
export const phraseOf = (role: Role): string => ROLE_WORDS[role].name.toLowerCase();

/** Whether a version needs such a script, its own or its software's. */
export const isRequired = (role: Role): boolean => role === 'INSTALL' || role === 'UNINSTALL';

/** What the server takes for a time limit that is not given, in seconds (schema.graphql, `SetSoftwareScriptInput`). */
export const usualTimeout = (role: Role): number => (role === 'TEST' || role === 'AVAILABLE' ? 120 : 900);

/** Those that are there, in our order. */
export function inOrder<S extends { role: Role }>(scripts: readonly S[]): S[] {
  return ROLES.flatMap((role) => ofRole(scripts, role) ?? []);
}

interface Scripted {
  version: string;
  scripts: readonly { role: Role; isInherited: boolean }[];
}

/** The versions that have such a script of their own, and so do not use their software's. */
export function beating<V extends Scripted>(role: Role, versions: readonly V[]): V[] {
  return versions.filter(({ scripts }) => ofRole(scripts, role)?.isInherited === false);
}

/** " of the newest 50", where a software has more versions than were read; nothing where all were. */
export function amongWords({ length }: readonly unknown[], total: number): string {
  return total > length ? ` of the newest ${length.toLocaleString('en')}` : '';
}

/** Why a script for all versions stays: a version would lack what it needs. */
export function whyItStays(role: Role, versions: readonly Scripted[], total: number): string | undefined {
  const leaning = versions.filter(({ scripts }) => ofRole(scripts, role)?.isInherited);
  const one = leaning[0];
  if (!isRequired(role) || !one) return undefined;
  const others = leaning.length - 1;
  const whose =
    others === 0 ? `Version ${one.version} has` : `Version ${one.version} and ${others.toLocaleString('en')} more${amongWords(versions, total)} have`;
  return `${whose} no ${phraseOf(role)} script of ${others === 0 ? 'its' : 'their'} own and cannot be without one.`;
}
