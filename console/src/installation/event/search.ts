import { flag, instant, oneOf, optional, text, texts } from '~/kit/url/search.ts';

export const ACTORS = ['USER', 'AGENT', 'OPERATOR', 'SYSTEM'] as const;

/** What the log shows, as the address holds it. */
export const eventsSearch = (search: Record<string, unknown>) =>
  optional({
    stream: text(search, 'stream'),
    type: texts(search, 'type'),
    tenant: text(search, 'tenant'),
    computer: text(search, 'computer'),
    since: instant(search, 'since'),
    until: instant(search, 'until'),
    by: oneOf(search, 'by', ACTORS),
    /** The correlation that all events of one story share. */
    story: text(search, 'story'),
    /** Whether what the server writes for itself is shown too. */
    inner: flag(search, 'inner'),
    columns: texts(search, 'columns'),
  });
