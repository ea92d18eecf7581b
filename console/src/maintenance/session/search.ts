import { flag, instant, oneOf, optional, someOf, text, texts } from '~/kit/url/search.ts';

export const STATUSES = ['QUEUED', 'PENDING_CONNECTIVITY', 'RUNNING', 'PASSED', 'PARTIALLY_PASSED', 'FAILED', 'CANCELLED', 'MISSED'] as const;

/** What the list of sessions shows, as the address holds it. */
export const sessionsSearch = (search: Record<string, unknown>) =>
  optional({
    tenant: text(search, 'tenant'),
    computer: text(search, 'computer'),
    status: someOf(search, 'status', STATUSES),
    over: flag(search, 'over'),
    after: instant(search, 'after'),
    before: instant(search, 'before'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
  });

export const TABS = ['actions', 'timeline'] as const;

/** What the page of one session shows: a part of it, and the run whose output is open. */
export const sessionSearch = (search: Record<string, unknown>) => optional({ tab: oneOf(search, 'tab', TABS), run: text(search, 'run') });
