import { flag, oneOf, optional, text } from '~/kit/url/search.ts';

export const VIEWS = ['tree', 'graph'] as const;
export const TABS = ['overview', 'deployments', 'tasks', 'secrets', 'history'] as const;

export function tenantsSearch(search: Record<string, unknown>) {
  return optional({ view: oneOf(search, 'view', VIEWS), name: text(search, 'name'), removed: flag(search, 'removed') });
}

export function tenantSearch(search: Record<string, unknown>) {
  return optional({ tab: oneOf(search, 'tab', TABS) });
}
