// The navigation: the places of the console, in the order of a technician's day. `keys` is what to press after `g`.
import type { Permission } from '~/access/may/usePermissions.ts';

export interface Place {
  to: string;
  title: string;
  keys: string;
  /** Without which there is nothing to see there; nothing if something is for everybody. */
  needs?: Permission;
}

export const PLACES: readonly Place[] = [
  { to: '/', title: 'Overview', keys: 'o' },
  { to: '/computers', title: 'Computers', keys: 'c' },
  { to: '/sessions', title: 'Sessions', keys: 's' },
  { to: '/deployments', title: 'Deployments', keys: 'd' },
  { to: '/software', title: 'Software', keys: 'w' },
  { to: '/tasks', title: 'Tasks', keys: 'm' },
  { to: '/tenants', title: 'Tenants', keys: 't' },
  { to: '/people', title: 'People', keys: 'p' },
  { to: '/groups', title: 'Groups', keys: 'g' },
  { to: '/tags', title: 'Tags', keys: 'a' },
  { to: '/agreements', title: 'Agreements', keys: 'r' },
  { to: '/agents', title: 'Agents', keys: 'n' },
  { to: '/secrets', title: 'Secrets', keys: 'x', needs: 'MANAGE_SECRETS' },
  { to: '/tokens', title: 'Tokens', keys: 'k' },
  { to: '/events', title: 'Events', keys: 'e' },
];
