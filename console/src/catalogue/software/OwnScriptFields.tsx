import { Checkbox } from '@mantine/core';
import type { ErrorOf } from '~/kit/action/ChangeDialog.tsx';
import { memberOf, type OwnDraft, type OwnDrafts } from './publishing.ts';
import { isRequired, OWN_ROLES, ofRole, phraseOf, ROLE_WORDS, type Role, usualTimeout } from './role.ts';
import { ScriptFields } from './ScriptFields.tsx';
import type { RoleScript } from './script.ts';

interface Props {
  drafts: OwnDrafts;
  /** What the software has for all versions. */
  inherited: readonly RoleScript[];
  change: (drafts: OwnDrafts) => void;
  errorOf: ErrorOf;
}

/** Of each role the script of a version that is being published, or what it inherits. */
export function OwnScriptFields({ drafts, inherited, change, errorOf }: Props) {
  return OWN_ROLES.map((role) => {
    const own = drafts[role];
    const set = (changed: Partial<OwnDraft>) => change({ ...drafts, [role]: { ...own, ...changed } });
    const isInherited = ofRole(inherited, role) !== undefined;
    return (
      <div key={role} className="stack">
        <Checkbox
          size="xs"
          label={`${ROLE_WORDS[role].name} script of its own`}
          description={whence(role, own.isOwn, isInherited)}
          error={!own.isOwn && !isInherited && isRequired(role) && 'It needs one, and the software has none for all versions.'}
          checked={own.isOwn}
          onChange={(event) => set({ isOwn: event.currentTarget.checked })}
        />
        {own.isOwn && (
          <ScriptFields
            legend={ROLE_WORDS[role].name}
            member={memberOf(role, drafts)}
            description={ROLE_WORDS[role].means}
            draft={own.script}
            change={(script) => set({ script })}
            errorOf={errorOf}
            usualTimeout={usualTimeout(role)}
          />
        )}
      </div>
    );
  });
}

function whence(role: Role, isOwn: boolean, isInherited: boolean): string {
  if (isOwn) return isInherited ? "It beats the software's for all versions." : 'The software has none for all versions.';
  return isInherited ? `It inherits the software's ${phraseOf(role)} script, also when that changes.` : `It has none. ${ROLE_WORDS[role].means}`;
}
