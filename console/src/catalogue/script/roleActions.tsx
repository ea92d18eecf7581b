// What can be done with a script that has a part in something: a software, a task.
import type { DocumentInput } from '@urql/core';
import type { Possibility } from '~/kit/action/Action.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import type { graphql } from '~/kit/api/graphql.ts';
import { type Running, RunningAction } from './RunningAction.tsx';
import type { PartWords } from './roles.ts';
import { ScriptFields } from './ScriptFields.tsx';
import { asWritten, draftOf, isSame, isWritten, type Script } from './script.ts';

interface Scripted extends Running {
  name: string;
}

type Options = ReturnType<typeof graphql.scalar<'CommandOptions'>>;

interface Removal<R> {
  id: string;
  role: R;
  confirmImpact?: number | null | undefined;
  options?: Options | null | undefined;
}

interface Setting<R> extends Removal<R> {
  script: ReturnType<typeof graphql.scalar<'ScriptInput'>>;
}

/** How the scripts of one kind of thing are set and removed. */
export interface Documents<R, S, D> {
  set: DocumentInput<S, { input: Setting<R> }>;
  remove: DocumentInput<D, { input: Removal<R> }>;
}

interface Props<R, S, D> {
  of: Scripted;
  role: R;
  words: PartWords;
  documents: Documents<R, S, D>;
  /** What it is called by in `may`. */
  mutation: string;
  /** Where `may` does not speak of this one alone. */
  may?: Possibility | undefined;
  /** For what it is, if not for all of the thing: "for all versions". */
  extent?: string;
  /** What it comes to. */
  means: string;
}

interface SettingProps<R, S, D> extends Props<R, S, D> {
  script: Script | undefined;
  /** What the server takes for a time limit that is not given, in seconds. */
  usualTimeout: number;
}

export function SetRoleScript<R extends string, S, D>(props: SettingProps<R, S, D>) {
  const { of, role, words, documents, mutation, may, extent = '', means, script: before, usualTimeout } = props;
  const phrase = words.name.toLowerCase();
  return (
    <RunningAction
      of={of}
      label={before ? 'Edit' : 'Write it'}
      mutation={mutation}
      may={may}
      document={documents.set}
      begin={() => draftOf(before)}
      words={({ name }) => ({ title: `The ${phrase} script of ${name}`, verb: 'Save', means })}
      input={(script) => (isWritten(script) && !isSame(script, before) ? { role, script } : undefined)}
      done={({ seen, confirmImpact }) => {
        const id = seen.uuid;
        const was = before && asWritten(before);
        tell(
          [seen.name, 'has', before ? 'another' : 'a', phrase, 'script', extent, 'now'].filter(Boolean).join(' '),
          was ? (
            <Undo document={documents.set} input={{ id, role, script: was, confirmImpact }} />
          ) : (
            !before && <Undo document={documents.remove} input={{ id, role, confirmImpact }} />
          ),
        );
      }}
    >
      {(script, change, errorOf) => (
        <ScriptFields
          legend={words.name}
          member="script"
          description={words.means}
          draft={script}
          change={change}
          errorOf={errorOf}
          usualTimeout={usualTimeout}
        />
      )}
    </RunningAction>
  );
}

export function RemoveRoleScript<R extends string, S, D>(props: Props<R, S, D> & { script: Script }) {
  const { of, role, words, documents, mutation, may, extent = '', means, script } = props;
  const phrase = words.name.toLowerCase();
  return (
    <RunningAction
      of={of}
      label="Remove"
      mutation={mutation}
      may={may}
      document={documents.remove}
      words={({ name }) => ({ title: `Remove the ${phrase} script of ${name}`, verb: 'Remove', means, isDangerous: true })}
      input={() => ({ role })}
      done={({ seen, confirmImpact }) => {
        const was = asWritten(script);
        tell(
          [seen.name, 'has no', phrase, 'script', extent, 'any more'].filter(Boolean).join(' '),
          was && <Undo document={documents.set} input={{ id: seen.uuid, role, script: was, confirmImpact }} />,
        );
      }}
    />
  );
}
