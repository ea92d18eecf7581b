// A link by its path, for where the router's types do not reach: pages of other contexts, whose routes need not be known here.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface Props {
  to: string;
  search?: Record<string, string | undefined>;
  /** Whether it opens a tab of its own: where something is being written, that stays. */
  isApart?: boolean;
  children: ReactNode;
}

export function PathLink({ to, search, isApart = false, children }: Props) {
  return (
    <Link to={to} search={(search ?? {}) as never} {...(isApart && { target: '_blank' })}>
      {children}
    </Link>
  );
}
