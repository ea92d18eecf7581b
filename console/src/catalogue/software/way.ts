// How a software is brought from one version to another and mended, in words.
import type { graphql } from '~/kit/api/graphql.ts';
import type { ChoiceWords } from '~/kit/form/Radios.tsx';
import { ofRole } from '../script/roles.ts';
import { phraseOf, type Role } from './role.ts';

export type UpgradeStrategy = ReturnType<typeof graphql.scalar<'UpgradeStrategy'>>;
export type RepairStrategy = ReturnType<typeof graphql.scalar<'RepairStrategy'>>;

export const UPGRADES: ChoiceWords<UpgradeStrategy> = {
  INSTALL_OVER: { name: 'Install over it', means: "The newer version's upgrade script runs where there is one, else its install script over what is there." },
  UNINSTALL_THEN_INSTALL: { name: 'Remove it first', means: 'What is there is uninstalled, then the newer version is installed.' },
  UPGRADE_SCRIPT: { name: 'Upgrade script only', means: "The newer version's upgrade script runs. Where there is none, the update fails and says so." },
  NEVER: { name: 'Never', means: 'Nothing is done: an update that is due fails and says so.' },
};

export const REPAIRS: ChoiceWords<RepairStrategy> = {
  REPAIR_SCRIPT: { name: 'Repair script', means: 'The repair script runs. Where there is none, the repair fails and says so.' },
  INSTALL_OVER: { name: 'Install over it', means: 'The install script of the version that is there runs over it.' },
  UNINSTALL_THEN_INSTALL: { name: 'Remove it first', means: 'What is there is uninstalled, then the same version is installed anew.' },
  NEVER: { name: 'Never', means: 'Nothing is done: the action fails and says so.' },
};

interface Way {
  upgradeStrategy: UpgradeStrategy;
  repairStrategy: RepairStrategy;
}

interface Latest {
  version: string;
  scripts: readonly { role: Role }[];
}

/** What the strategies want and the latest version lacks. */
export function gapsOf({ upgradeStrategy, repairStrategy }: Way, { version, scripts }: Latest): string[] {
  const lacks = (role: Role) => ofRole(scripts, role) === undefined;
  const without = (role: Role) => `Version ${version} has no ${phraseOf(role)} script`;
  const gaps: string[] = [];
  if (upgradeStrategy === 'UPGRADE_SCRIPT' && lacks('UPGRADE')) gaps.push(`${without('UPGRADE')}: each update to it fails.`);
  if (repairStrategy === 'REPAIR_SCRIPT' && lacks('REPAIR')) gaps.push(`${without('REPAIR')}: each repair of it fails.`);
  if (repairStrategy !== 'NEVER' && lacks('TEST')) gaps.push(`${without('TEST')}: nobody learns that it does not work, so it is never repaired.`);
  return gaps;
}
