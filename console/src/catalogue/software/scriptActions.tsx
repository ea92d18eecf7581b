// What can be done with a script that a software has for all of its versions.
import type { Possibility } from '~/kit/action/Action.tsx';
import { possible } from '~/kit/action/may.ts';
import { refusalOf } from '~/kit/action/refusal.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { RemoveRoleScript, SetRoleScript } from '../script/roleActions.tsx';
import type { Script } from '../script/script.ts';
import type { OfSoftware, SoftwareSeen } from './actions.tsx';
import { phraseOf, ROLE_WORDS, type Role, usualTimeout, whyItStays } from './role.ts';
import type { Version } from './VersionsTab.tsx';

const documents = {
  set: graphql(`
    mutation SetSoftwareScript($input: SetSoftwareScriptInput!) {
      setSoftwareScript(input: $input) { software { uuid } position userErrors { code message field } }
    }
  `),
  remove: graphql(`
    mutation RemoveSoftwareScript($input: RemoveSoftwareScriptInput!) {
      removeSoftwareScript(input: $input) { software { uuid } position userErrors { code message field } }
    }
  `),
};

/** What tells which version is the newest is of no version. */
const extentOf = (role: Role) => (role === 'AVAILABLE' ? '' : 'for all versions');

interface OfScript extends OfSoftware {
  role: Role;
  script: Script | undefined;
}

export function SetScript({ software, role, script }: OfScript) {
  return (
    <SetRoleScript
      of={software}
      role={role}
      words={ROLE_WORDS[role]}
      documents={documents}
      mutation="setSoftwareScript"
      extent={extentOf(role)}
      means={role === 'AVAILABLE' ? 'From the next session on, "latest" is what each computer says.' : 'It is for all versions that have none of their own.'}
      script={script}
      usualTimeout={usualTimeout(role)}
    />
  );
}

interface Removed extends OfScript {
  script: Script;
  /** The newest, of so many. */
  versions: readonly Version[];
  total: number;
}

export function RemoveScript({ software, role, script, versions, total }: Removed) {
  return (
    <RemoveRoleScript
      of={software}
      role={role}
      words={ROLE_WORDS[role]}
      documents={documents}
      mutation="removeSoftwareScript"
      may={mayBeRemoved(software, role, versions, total)}
      extent={extentOf(role)}
      means={
        role === 'AVAILABLE'
          ? '"Latest" is the newest published version then; where none is published, nothing.'
          : `Versions that have no ${phraseOf(role)} script of their own have none then.`
      }
      script={script}
    />
  );
}

/** What the server says of the removal is about the first of the scripts; of this one the versions tell. Who may write may remove. */
function mayBeRemoved(software: SoftwareSeen, role: Role, versions: readonly Version[], total: number): Possibility | undefined {
  const write = possible(software.may, 'setSoftwareScript');
  if (refusalOf(write)) return write;
  const reason = whyItStays(role, versions, total);
  return reason === undefined ? undefined : { isAllowed: false, reason };
}
