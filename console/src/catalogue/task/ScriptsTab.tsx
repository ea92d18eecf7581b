// The scripts of a task by their parts, and one of them.
import { useSearch } from '@tanstack/react-router';
import { Actions } from '~/kit/action/Actions.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { RoleTable } from '../script/RoleTable.tsx';
import { ofRole } from '../script/roles.ts';
import { ScriptView } from '../script/ScriptView.tsx';
import css from '../script/script.module.css';
import type { OfTask } from './actions.tsx';
import { firstOf, phraseOf, ROLE_WORDS, ROLES, type Role, rivalOf } from './role.ts';
import { RemoveTaskScript, SetTaskScript } from './scriptActions.tsx';

export function ScriptsTab({ task }: OfTask) {
  const search = useSearch({ from: '/tasks/$id' });
  const shown = search.script ?? firstOf(task.scripts);
  const rows = ROLES.map((role) => ({ role, name: ROLE_WORDS[role].name, of: <There role={role} task={task} /> }));
  return (
    <div className={css.beside}>
      <section className="card">
        <h2>Scripts</h2>
        <RoleTable label="Scripts" ofTitle="There" rows={rows} shown={shown} />
        <p className="dimmed small">A task has separate scripts, or a combined one in their place.</p>
      </section>
      <OneScript key={shown} task={task} role={shown} />
    </div>
  );
}

interface Props extends OfTask {
  role: Role;
}

function There({ task: { scripts }, role }: Props) {
  if (ofRole(scripts, role)) return <Mark tone="good">There</Mark>;
  const isDoneByCombined = role !== 'COMBINED' && rivalOf(role, scripts) !== undefined;
  return <span className="dimmed">{isDoneByCombined ? 'the combined one does it' : 'none'}</span>;
}

function OneScript({ task, role }: Props) {
  const { name, means } = ROLE_WORDS[role];
  const script = ofRole(task.scripts, role)?.script;
  return (
    <section className="card stack">
      <div className="bar">
        <h2 className={css.heading}>{name} script</h2>
        <span className="grow" />
        <Actions>
          <SetTaskScript task={task} role={role} script={script} />
          {script && <RemoveTaskScript task={task} role={role} script={script} />}
        </Actions>
      </div>
      <p className="small">{means}</p>
      {script ? <ScriptView label={`${name} script of ${task.name}`} script={script} /> : <p className="dimmed small">It has no {phraseOf(role)} script.</p>}
    </section>
  );
}
