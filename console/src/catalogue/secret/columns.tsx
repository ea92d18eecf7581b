// The columns of a list of secrets.
import { Changed } from '~/access/actor/Changed.tsx';
import type { Column } from '~/kit/table/columns.ts';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { ChangeSecret } from './ChangeSecret.tsx';
import { ownerWords, type Secret } from './secret.ts';

export const COLUMNS: readonly Column<Secret>[] = [
  { id: 'name', title: 'Name', width: 180, grows: 2, narrow: 'title', cell: ({ name }) => name },
  { id: 'owner', title: 'Whose', width: 150, narrow: 'line', cell: (secret) => <Owner of={secret} /> },
  { id: 'uses', title: 'Told by', width: 220, grows: 2, narrow: 'line', cell: (secret) => <Uses of={secret} /> },
  { id: 'changed', title: 'Changed', width: 200, cell: ({ changed }) => <Changed change={changed} /> },
  { id: 'change', title: 'Change', width: 110, grows: 0, narrow: 'line', cell: (secret) => <ChangeSecret secret={secret} /> },
];

export function Owner({ of: secret }: { of: Secret }) {
  const { tenant } = secret;
  return tenant ? <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink> : <span className="dimmed">{ownerWords(secret)}</span>;
}

/** The first of the deployments that tell it, and how many more do. */
export function Uses({ of: { deployments } }: { of: Secret }) {
  const [first, ...others] = deployments;
  if (!first) return <span className="dimmed">no deployment</span>;
  return (
    <>
      {others.length > 0 && `${plural(deployments.length, 'deployment')}, `}
      <PathLink to={`/deployments/${first.uuid}`}>{first.target.text}</PathLink>
      {others.length > 0 && ' …'}
    </>
  );
}
