import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to the page of one thing: of which place, and which one. */
export function Reference({ place, id, children }: { place: string; id: string; children: ReactNode }) {
  const to: string = `/${place}/${id}`;
  return <Link to={to}>{children}</Link>;
}
