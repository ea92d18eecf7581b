// What can be done with a script that a software has for all of its versions.
import type { Possibility } from '~/kit/action/Action.tsx';
import { possible } from '~/kit/action/may.ts';
import { refusalOf } from '~/kit/action/refusal.ts';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import type { OfSoftware, SoftwareSeen } from './actions.tsx';
import { RunningAction } from './RunningAction.tsx';
import { phraseOf, ROLE_WORDS, type Role, usualTimeout, whyItStays } from './role.ts';
import { ScriptFields } from './ScriptFields.tsx';
import { draftOf, isWritten, type Script } from './script.ts';
import type { Version } from './VersionsTab.tsx';

const setScript = graphql(`
  mutation SetSoftwareScript($input: SetSoftwareScriptInput!) {
    setSoftwareScript(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

const removeScript = graphql(`
  mutation RemoveSoftwareScript($input: RemoveSoftwareScriptInput!) {
    removeSoftwareScript(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);

interface OfScript extends OfSoftware {
  role: Role;
  script: Script | undefined;
}

export function SetScript({ software, role, script: before }: OfScript) {
  const name = phraseOf(role);
  return (
    <RunningAction
      of={software}
      label={before ? 'Edit' : 'Write it'}
      mutation="setSoftwareScript"
      document={setScript}
      begin={() => draftOf(before)}
      words={(seen) => ({ title: `The ${name} script of ${seen.name}`, verb: 'Save', means: 'It is for all versions that have none of their own.' })}
      input={(script) => (isWritten(script) && !isSame(script, before) ? { role, script } : undefined)}
      done={({ seen, confirmImpact }) => {
        const id = seen.uuid;
        const was = before && asWritten(before);
        tell(
          `${seen.name} has ${before ? 'another' : 'a'} ${name} script for all versions now`,
          was ? (
            <Undo document={setScript} input={{ id, role, script: was, confirmImpact }} />
          ) : (
            !before && <Undo document={removeScript} input={{ id, role, confirmImpact }} />
          ),
        );
      }}
    >
      {(script, change, errorOf) => (
        <ScriptFields
          legend={ROLE_WORDS[role].name}
          member="script"
          description={ROLE_WORDS[role].means}
          draft={script}
          change={change}
          errorOf={errorOf}
          usualTimeout={usualTimeout(role)}
        />
      )}
    </RunningAction>
  );
}

export function RemoveScript({ software, role, script, versions }: OfScript & { script: Script; versions: readonly Version[] }) {
  const name = phraseOf(role);
  return (
    <RunningAction
      of={software}
      label="Remove"
      mutation="removeSoftwareScript"
      may={mayBeRemoved(software, role, versions)}
      document={removeScript}
      words={(seen) => ({
        title: `Remove the ${name} script of ${seen.name}`,
        verb: 'Remove',
        means: `Versions that have no ${name} script of their own have none then.`,
        isDangerous: true,
      })}
      input={() => ({ role })}
      done={({ seen, confirmImpact }) => {
        const was = asWritten(script);
        tell(
          `${seen.name} has no ${name} script for all versions any more`,
          was && <Undo document={setScript} input={{ id: seen.uuid, role, script: was, confirmImpact }} />,
        );
      }}
    />
  );
}

/** What the server says of the removal is about the first of the scripts; of this one the versions tell. Who may write may remove. */
function mayBeRemoved(software: SoftwareSeen, role: Role, versions: readonly Version[]): Possibility | undefined {
  const write = possible(software.may, 'setSoftwareScript');
  if (refusalOf(write)) return write;
  const reason = whyItStays(role, versions);
  return reason === undefined ? undefined : { isAllowed: false, reason };
}

function isSame(draft: ReturnType<typeof draftOf>, before: Script | undefined): boolean {
  return before !== undefined && draft.text === before.text && draft.interpreter === before.interpreter && draft.timeoutSeconds === before.timeoutSeconds;
}

/** A script to be put back; nothing if its text may not be read. */
function asWritten({ interpreter, text, timeoutSeconds }: Script) {
  return text === null ? undefined : { interpreter, text, timeoutSeconds };
}
