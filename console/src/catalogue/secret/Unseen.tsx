import type { ReactNode } from 'react';
import { usePermissions } from '~/access/may/usePermissions.ts';
import { Empty } from '~/kit/state/PageBody.tsx';

/** What is said where no secret is seen: of whoever may see none, not that there is none. */
export function Unseen({ children }: { children: ReactNode }) {
  const permissions = usePermissions();
  if (permissions.size === 0 || permissions.has('MANAGE_SECRETS')) return children;
  return <Empty title="Your role sees no secrets">Whether there are any is not told.</Empty>;
}
