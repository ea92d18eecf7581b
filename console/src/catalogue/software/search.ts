import { oneOf, optional, text } from '~/kit/url/search.ts';

export const TABS = ['versions', 'detection', 'computers', 'deployments', 'history'] as const;
export const SCRIPTS = ['install', 'uninstall', 'upgrade'] as const;
export type ScriptName = (typeof SCRIPTS)[number];

export function catalogueSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), order: text(search, 'order') });
}

/** What of a software is shown: the tab, a version and the one that it is compared with. */
export function softwareSearch(search: Record<string, unknown>) {
  return optional({
    tab: oneOf(search, 'tab', TABS),
    version: text(search, 'version'),
    against: text(search, 'against'),
    script: oneOf(search, 'script', SCRIPTS),
  });
}
