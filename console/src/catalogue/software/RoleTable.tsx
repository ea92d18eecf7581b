import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { ROLE_WORDS, type Role } from './role.ts';
import { interpreterName, type Script } from './script.ts';

export interface RoleRow {
  role: Role;
  script: Script | undefined;
  /** Whose it is, or whom it serves. */
  of: ReactNode;
}

interface Props {
  label: string;
  /** What stands over `of`. */
  ofTitle: string;
  rows: readonly RoleRow[];
  shown: Role;
}

/** Scripts by what they are for; a click shows one of them below. */
export function RoleTable({ label, ofTitle, rows, shown }: Props) {
  return (
    <Wide label={label}>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Script</th>
            <th scope="col">{ofTitle}</th>
            <th scope="col">Program</th>
            <th scope="col" className="number">
              May take
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ role, script, of }) => (
            <tr key={role} aria-current={role === shown || undefined}>
              <th scope="row">
                <Link from="/software/$id" to="." search={(before) => ({ ...before, script: role })} replace resetScroll={false}>
                  {ROLE_WORDS[role].name}
                </Link>{' '}
                {role === shown && <Mark>Shown below</Mark>}
              </th>
              <td>{of}</td>
              <td>{script && interpreterName(script.interpreter)}</td>
              <td className="number">{script && `${script.timeoutSeconds.toLocaleString('en')} s`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
