import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Mark } from '~/kit/text/Mark.tsx';

export interface RoleRow<R extends string> {
  role: R;
  name: string;
  /** Whose it is, or whom it serves. */
  of: ReactNode;
}

interface Props<R extends string> {
  label: string;
  /** What stands over `of`. */
  ofTitle: string;
  rows: readonly RoleRow<R>[];
  shown: R;
}

/** Scripts by what they are for; a click shows one of them beside or below: `script` of the page's address. */
export function RoleTable<R extends string>({ label, ofTitle, rows, shown }: Props<R>) {
  return (
    <table className="rows" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Script</th>
          <th scope="col">{ofTitle}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ role, name, of }) => (
          <tr key={role} aria-current={role === shown || undefined}>
            <th scope="row">
              <Link to="." search={(before: object) => ({ ...before, script: role }) as never} replace resetScroll={false}>
                {name}
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
