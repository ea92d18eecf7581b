import { oneOf, optional, text } from '~/kit/url/search.ts';
import { ROLES } from './role.ts';

export const TABS = ['scripts', 'parameters', 'computers', 'values', 'deployments', 'history'] as const;

export function tasksSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), order: text(search, 'order') });
}

/** What of a task is shown: the tab, one of the scripts, and of which tenant's computers, or in full of which computer, the values. */
export function taskSearch(search: Record<string, unknown>) {
  return optional({
    tab: oneOf(search, 'tab', TABS),
    script: oneOf(search, 'script', ROLES),
    tenant: text(search, 'tenant'),
    computer: text(search, 'computer'),
  });
}
