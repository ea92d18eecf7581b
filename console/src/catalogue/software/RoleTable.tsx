import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Mark } from '~/kit/text/Mark.tsx';
import { ROLE_WORDS, type Role } from './role.ts';

export interface RoleRow {
  role: Role;
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

/** Scripts by what they are for; a click shows one of them beside or below. */
export function RoleTable({ label, ofTitle, rows, shown }: Props) {
  return (
    <table className="rows" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Script</th>
          <th scope="col">{ofTitle}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ role, of }) => (
          <tr key={role} aria-current={role === shown || undefined}>
            <th scope="row">
              <Link from="/software/$id" to="." search={(before) => ({ ...before, script: role })} replace resetScroll={false}>
                {ROLE_WORDS[role].name}
              </Link>{' '}
              {role === shown && <Mark>Shown</Mark>}
            </th>
            <td>{of}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
