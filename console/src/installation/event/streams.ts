// Which thing a stream is of, and where that is to be seen: a stream is called by a category, a dash and an id.

const PLACES: Readonly<Record<string, string>> = {
  agent: 'agents',
  agreement: 'agreements',
  computer: 'computers',
  deployment: 'deployments',
  group: 'groups',
  person: 'people',
  session: 'sessions',
  software: 'software',
  task: 'tasks',
  tenant: 'tenants',
};

const WORDS: Readonly<Record<string, string>> = { cloudtask: 'cloud task', enrolment: 'enrolment token', tenanttree: 'tree of tenants', token: 'API token' };

export interface Stream {
  category: string;
  /** What kind of thing it is of, in words. */
  kind: string;
  id: string;
  /** The place of the console that shows such things, if one does. */
  place: string | undefined;
}

export function streamOf(name: string): Stream {
  const dash = name.indexOf('-');
  const category = dash < 0 ? name : name.slice(0, dash);
  return { category, kind: WORDS[category] ?? category, id: dash < 0 ? '' : name.slice(dash + 1), place: PLACES[category] };
}

/** Enough of an id to tell it from others beside it: of UUIDs that carry their time the end differs. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id;
}
