// What can be done with a script of a task.
import type { Possibility } from '~/kit/action/Action.tsx';
import { possible } from '~/kit/action/may.ts';
import { refusalOf } from '~/kit/action/refusal.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { RemoveRoleScript, SetRoleScript } from '../script/roleActions.tsx';
import type { Script } from '../script/script.ts';
import type { OfTask, TaskSeen } from './actions.tsx';
import { lostWithout } from './mode.ts';
import { ROLE_WORDS, type Role, usualTimeout, whyNotSet } from './role.ts';

const documents = {
  set: graphql(`
    mutation SetTaskScript($input: SetTaskScriptInput!) {
      setTaskScript(input: $input) { task { uuid } position userErrors { code message field } }
    }
  `),
  remove: graphql(`
    mutation RemoveTaskScript($input: RemoveTaskScriptInput!) {
      removeTaskScript(input: $input) { task { uuid } position userErrors { code message field } }
    }
  `),
};

interface OfScript extends OfTask {
  role: Role;
}

export function SetTaskScript({ task, role, script }: OfScript & { script: Script | undefined }) {
  return (
    <SetRoleScript
      of={task}
      role={role}
      words={ROLE_WORDS[role]}
      documents={documents}
      mutation="setTaskScript"
      may={mayBeSet(task, role)}
      means="The next sessions run it; what it set already stays."
      script={script}
      usualTimeout={usualTimeout(role)}
    />
  );
}

export function RemoveTaskScript({ task, role, script }: OfScript & { script: Script }) {
  const lost = lostWithout(role, task);
  return (
    <RemoveRoleScript
      of={task}
      role={role}
      words={ROLE_WORDS[role]}
      documents={documents}
      mutation="removeTaskScript"
      means={lost ? `It cannot be ${lost} then: sessions in which it is to be fail there, and say so.` : 'No mode needs it now.'}
      script={script}
    />
  );
}

function mayBeSet(task: TaskSeen, role: Role): Possibility | undefined {
  const write = possible(task.may, 'setTaskScript');
  if (refusalOf(write)) return write;
  const reason = whyNotSet(role, task.scripts);
  return reason === undefined ? undefined : { isAllowed: false, reason };
}
