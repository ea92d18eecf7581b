// The closed words of rules, as the schema has them, and what each means in ours.
import type { graphql } from '~/kit/api/graphql.ts';

export type DesiredStateKind = ReturnType<typeof graphql.scalar<'DesiredStateKind'>>;
export type Enforcement = ReturnType<typeof graphql.scalar<'Enforcement'>>;
export type Origin = ReturnType<typeof graphql.scalar<'Origin'>>;
export type TargetFilter = ReturnType<typeof graphql.scalar<'TargetFilter'>>;
export type MembershipKind = ReturnType<typeof graphql.scalar<'MembershipKind'>>;
export type TagBearer = ReturnType<typeof graphql.scalar<'TagBearer'>>;

/** The end of "… is to be installed on these computers, …". */
export const WHEN: Record<Enforcement, string> = {
  REQUIRED: 'in every full session',
  ONBOARDING: 'in onboarding sessions only',
  AD_HOC: 'only in a session that names it',
  OPTIONAL: 'where it was approved for the computer',
};

export const FILTERS: Record<TargetFilter, string> = {
  ALL_COMPUTERS: 'all computers',
  WORKSTATIONS_AND_PORTABLE_DEVICES: 'workstations and portable devices',
  WORKSTATIONS: 'workstations',
  PORTABLE_DEVICES: 'portable devices',
  SERVERS: 'servers',
  DOMAIN_CONTROLLERS: 'domain controllers',
  PRIMARY_DOMAIN_CONTROLLERS: 'primary domain controllers',
};

export const SOFTWARE_STATES = ['INSTALLED_LATEST', 'INSTALLED_EXACTLY', 'INSTALLED_AT_LEAST', 'UPDATE_IF_FOUND', 'UNINSTALLED', 'IGNORED'] as const;
export const TASK_STATES = ['ENFORCE', 'AUDIT', 'MONITOR', 'IGNORED'] as const;

/** Those of which a version has to be said. */
export const hasVersion = (state: DesiredStateKind): boolean => state === 'INSTALLED_EXACTLY' || state === 'INSTALLED_AT_LEAST';

/** What can be wanted of an item. */
export const STATES: Record<DesiredStateKind, { name: string; means: string }> = {
  INSTALLED_LATEST: { name: 'Installed, latest version', means: 'The newest published version; older ones are upgraded.' },
  INSTALLED_EXACTLY: { name: 'Installed, one exact version', means: 'Older ones are upgraded, newer ones downgraded.' },
  INSTALLED_AT_LEAST: {
    name: 'Installed, one version or newer',
    means: 'What is this version or newer stays; what is older or missing comes in the newest published version.',
  },
  UPDATE_IF_FOUND: { name: 'Updated where it is found', means: 'The newest version where some version is there; nothing where it is missing.' },
  UNINSTALLED: { name: 'Uninstalled', means: 'Taken away where it is found.' },
  IGNORED: { name: 'Left alone', means: 'Whatever is there stays: the way to make an exception.' },
  ENFORCE: { name: 'Enforced', means: 'The task is tested, set where it is not as it should be, and tested again.' },
  AUDIT: { name: 'Audited', means: 'The task is tested, and what differs is reported; nothing is done about it.' },
  MONITOR: { name: 'Monitored', means: "The task's value is collected, whatever it is." },
};

/** What it means of a software whose newest version each computer says itself: of it nothing has to be published (docs/software.md). */
const OF_ASKED: Partial<Record<DesiredStateKind, string>> = {
  INSTALLED_LATEST: 'The newest version that each computer says that it can get, asked in each session; older ones are upgraded.',
  INSTALLED_EXACTLY: 'Older ones are upgraded, newer ones downgraded. No computer is asked whether it can get it.',
  INSTALLED_AT_LEAST: 'What is this version or newer stays; what is older or missing comes in the newest version that the computer says that it can get.',
  UPDATE_IF_FOUND: 'The newest version that the computer says that it can get, where some version is there; nothing where it is missing.',
};

/** What a state means; of a software that says by itself what is the newest, in its way. */
export function meansOf(state: DesiredStateKind, isAsked: boolean): string {
  return (isAsked ? OF_ASKED[state] : undefined) ?? STATES[state].means;
}

export const ENFORCEMENTS: Record<Enforcement, { name: string; means: string }> = {
  REQUIRED: { name: 'Required', means: 'Acted on in every full session, onboarding included.' },
  ONBOARDING: { name: 'Onboarding', means: 'Acted on while a computer needs onboarding, and never again.' },
  AD_HOC: { name: 'Ad hoc', means: 'Acted on only in a session that names it.' },
  OPTIONAL: { name: 'Optional', means: 'Like required, on the computers for which it was approved.' },
};

/** By what computers are chosen, from the strongest to the weakest (docs/resolution.md, key 6). */
export const MEMBERSHIPS: Record<MembershipKind, string> = {
  ALL_COMPUTERS: 'All of them',
  TAG: 'A tag',
  DEVICE_GROUP: "A group of the RMM's",
  AGREEMENT_TYPE: 'The type of an agreement',
  AGREEMENT_PRODUCT: 'A product on an agreement',
  METASCRIPT: "A metascript's answer",
  EXPRESSION: 'A filter expression',
  DIRECTORY_GROUP: 'A group of a directory',
};

export const BEARERS: Record<TagBearer, string> = {
  COMPUTER: 'the computer',
  TENANT: 'its tenant',
  PERSON: 'its primary person',
};
