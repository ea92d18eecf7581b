import { flag, oneOf, optional, text, texts } from '~/kit/url/search.ts';

export const CLASSES = ['WORKSTATION', 'PORTABLE', 'SERVER', 'UNKNOWN'] as const;
export const ONBOARDINGS = ['NEEDS_ONBOARDING', 'ONBOARDED'] as const;
export const OS_FAMILIES = ['LINUX', 'WINDOWS'] as const;
export const TABS = ['items', 'sessions', 'agents', 'inventory', 'events', 'compare'] as const;

export type Tab = (typeof TABS)[number];

/** What the list of computers shows, as the address holds it. */
export function computersSearch(search: Record<string, unknown>) {
  return optional({
    /** Part of a name, a serial number, a tag, a person's name. */
    text: text(search, 'text'),
    tenant: text(search, 'tenant'),
    person: text(search, 'person'),
    kind: oneOf(search, 'kind', CLASSES),
    system: oneOf(search, 'system', OS_FAMILIES),
    online: flag(search, 'online'),
    onboarding: oneOf(search, 'onboarding', ONBOARDINGS),
    excluded: flag(search, 'excluded'),
    tag: text(search, 'tag'),
    removed: flag(search, 'removed'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
    /** The monitored task whose value is a column. */
    value: text(search, 'value'),
  });
}

export type ComputersSearch = ReturnType<typeof computersSearch>;

/** What the page of a computer shows. */
export function computerSearch(search: Record<string, unknown>) {
  return optional({
    /** The first one if not given, so that the plain address is the usual one. */
    tab: oneOf(search, 'tab', TABS),
    /** The software, or the task, whose reasons are open. */
    item: text(search, 'item'),
    task: text(search, 'task'),
    /** The earlier moment of the comparison: a position, or a time. */
    earlier: text(search, 'earlier'),
    /** How many rows of the tab are shown, where it does not show all at once. */
    rows: text(search, 'rows'),
  });
}
