import { flag, oneOf, text, texts } from '~/kit/url/search.ts';

export const CLASSES = ['WORKSTATION', 'PORTABLE', 'SERVER', 'UNKNOWN'] as const;
export const ONBOARDINGS = ['NEEDS_ONBOARDING', 'ONBOARDED'] as const;

/** What the list of computers shows, as the address holds it. */
export function computersSearch(search: Record<string, unknown>) {
  return {
    name: text(search, 'name'),
    tenant: text(search, 'tenant'),
    kind: oneOf(search, 'kind', CLASSES),
    online: flag(search, 'online'),
    onboarding: oneOf(search, 'onboarding', ONBOARDINGS),
    tag: text(search, 'tag'),
    removed: flag(search, 'removed'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
  };
}
