// The scripts of a version that is to be published: of each role its own, or what it inherits.
import { isRequired, OWN_ROLES, type OwnRole, ofRole } from './role.ts';
import { draftOf, isWritten, type RoleScript, type ScriptDraft } from './script.ts';

export interface OwnDraft {
  /** Whether the version has its own. */
  isOwn: boolean;
  /** Kept while it is not, for whoever comes back to it. */
  script: ScriptDraft;
}

export type OwnDrafts = Record<OwnRole, OwnDraft>;

/** It begins as the version before has it; the first one writes what it needs and does not inherit. */
export function begun(before: readonly RoleScript[] | undefined, inherited: readonly RoleScript[]): OwnDrafts {
  const draft = (role: OwnRole): OwnDraft => {
    const last = before && ofRole(before, role);
    const whole = ofRole(inherited, role);
    const isOwn = last ? !last.isInherited : isRequired(role) && !whole;
    return { isOwn, script: draftOf((last ?? whole)?.script) };
  };
  return Object.fromEntries(OWN_ROLES.map((role) => [role, draft(role)])) as OwnDrafts;
}

/** Whether each script that it has is written, and each that it needs is there. */
export function isWhole(drafts: OwnDrafts, inherited: readonly RoleScript[]): boolean {
  return OWN_ROLES.every((role) => {
    const { isOwn, script } = drafts[role];
    return isOwn ? isWritten(script) : !isRequired(role) || ofRole(inherited, role) !== undefined;
  });
}

/** The members of the input that have names of their own: what the server says against them says which it is. */
const MEMBERS: Partial<Record<OwnRole, 'install' | 'uninstall' | 'upgrade'>> = { INSTALL: 'install', UNINSTALL: 'uninstall', UPGRADE: 'upgrade' };

/** The member of the input that holds it. The others are in one list, of which the server does not say which it means: the only one is meant. */
export function memberOf(role: OwnRole, drafts: OwnDrafts): string {
  const listed = OWN_ROLES.filter((one) => drafts[one].isOwn && !MEMBERS[one]);
  return MEMBERS[role] ?? (listed.length === 1 ? 'scripts' : `scripts.${role}`);
}

/** As the mutation takes them. */
export function scriptsInput(drafts: OwnDrafts) {
  const own = OWN_ROLES.filter((role) => drafts[role].isOwn).map((role) => ({ role, script: drafts[role].script }));
  const named = own.flatMap(({ role, script }) => {
    const member = MEMBERS[role];
    return member ? [[member, script] as const] : [];
  });
  return {
    ...(Object.fromEntries(named) as Partial<Record<'install' | 'uninstall' | 'upgrade', ScriptDraft>>),
    scripts: own.filter(({ role }) => !MEMBERS[role]),
  };
}
