import { flag, oneOf, optional, text } from '~/kit/url/search.ts';
import { ROLES } from './role.ts';

export const TABS = ['versions', 'scripts', 'detection', 'prerequisites', 'computers', 'deployments', 'history'] as const;

export function catalogueSearch(search: Record<string, unknown>) {
  return optional({
    text: text(search, 'text'),
    whose: oneOf(search, 'whose', ['OWN', 'CATALOGUE'] as const),
    source: text(search, 'source'),
    withdrawn: flag(search, 'withdrawn'),
    order: text(search, 'order'),
  });
}

/** What of a software is shown: the tab, a version and the one that it is compared with, and which of the scripts. */
export function softwareSearch(search: Record<string, unknown>) {
  return optional({
    tab: oneOf(search, 'tab', TABS),
    version: text(search, 'version'),
    against: text(search, 'against'),
    script: oneOf(search, 'script', ROLES),
  });
}
