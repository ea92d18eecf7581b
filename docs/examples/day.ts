// A technician's day: tags the computers that were not seen for long, starts a session on those that are online, follows one of
// them until it is over, and lists what failed. TypeScript, strict; `fetch` and nothing else: in Node.js 18 or newer, Deno, Bun.
//
// usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… node day.ts [SINCE]
//
// SINCE is a moment, such as 2026-11-27T06:00:00Z; 30 days ago if it is not given. (Before Node.js 22.18: tsc first, then node day.js.)
export {};
declare const process: { argv: string[]; env: Record<string, string | undefined>; exit(code: number): never };

const PAGE = 2; // so that pages are turned here; 100 are the most
const SLICE = 500; // as many as one mutation takes
const TRIES = 20;
const PAUSE_SECONDS = 2; // where the server does not say when to come back
const SILENCE_SECONDS = 40; // a live server says something every 15 seconds, and answers within 30

const STALE = /* GraphQL */ `# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  computers(filter: { lastSeenBefore: $since }, orderBy: { field: LAST_SEEN_AT }, first: $first, after: $after) {
    nodes { id name lastSeenAt }
    pageInfo { hasNextPage endCursor }
  }
}`;
const TAG = /* GraphQL */ `# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  tagComputers(input: { ids: $ids, add: ["stale"], options: { commandId: $commandId, reason: "not seen for long" } }) {
    results { givenId computer { name } userErrors { code message } }
  }
}`;
const ONLINE = /* GraphQL */ `# graphql
query($first: Int!, $after: String) {
  computers(filter: { isOnline: true }, first: $first, after: $after) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}`;
const START = /* GraphQL */ `# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  startSessions(input: { computerIds: $ids, options: { commandId: $commandId } }) {
    results { givenId session { id computer { name } } userErrors { code message } }
  }
}`;
const FOLLOW = /* GraphQL */ `# graphql
subscription($id: ID!) { sessionProgress(id: $id) { status } }`;
const FAILED = /* GraphQL */ `# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  sessions(
    filter: { statuses: [FAILED, PARTIALLY_PASSED], createdAfter: $since }
    orderBy: { field: CREATED_AT, direction: DESC }
    first: $first
    after: $after
  ) {
    nodes { computer { name } actions { itemName result resultReason } }
    pageInfo { hasNextPage endCursor }
  }
}`;

type Named = { name: string } | null;
type Computer = { id: string; name: string; lastSeenAt: string | null };
type Session = { computer: Named; actions: { itemName: string; result: string; resultReason: string | null }[] };
type Page<T> = { nodes: T[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
type Result = { givenId: string; userErrors: { code: string; message: string }[] };
type Tagged = Result & { computer: Named };
type Started = Result & { session: { id: string; computer: Named } | null };
type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };
type Variables = Record<string, unknown>;

/** Nothing that coming back would help. */
class Refused extends Error {}

/** The server cannot do it now. */
class Later extends Error {
  readonly seconds: number;
  constructor(retryAfter?: string | null) {
    super();
    this.seconds = Number(retryAfter) || PAUSE_SECONDS;
  }
}

/** Does it again while the server cannot, or is away. The same bytes are sent again: a commandId makes that safe. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      return await work();
    } catch (error) {
      // What is neither is no connection, or a cut one.
      if (error instanceof Refused) throw error;
      const seconds = error instanceof Later ? error.seconds : PAUSE_SECONDS;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
  throw new Refused('the server does not answer');
}

async function post(query: string, variables: Variables, accept: string, signal: AbortSignal): Promise<Response> {
  const { UPKEEP_URL, UPKEEP_TOKEN } = process.env;
  if (!UPKEEP_URL || !UPKEEP_TOKEN) throw new Refused('UPKEEP_URL says where the server is, and UPKEEP_TOKEN who asks');
  const headers = { Authorization: `Bearer ${UPKEEP_TOKEN}`, 'Content-Type': 'application/json', Accept: accept };
  const response = await fetch(UPKEEP_URL, { method: 'POST', headers, body: JSON.stringify({ query, variables }), signal });
  // Looked at before the body: what stands in front of the server, and the server while it starts, answers plain text.
  if ([429, 502, 503, 504].includes(response.status)) throw new Later(response.headers.get('Retry-After'));
  const isAnswer = /json|event-stream/.test(response.headers.get('Content-Type') ?? '');
  if (!isAnswer) throw new Refused(`HTTP ${response.status}: ${await response.text()}`);
  return response;
}

function dataOf(answer: Answer, retryAfter?: string | null): unknown {
  const [error] = answer.errors ?? [];
  const code = error?.extensions?.code;
  // The store is away: the status is 200 then, too.
  if (code === 'UNAVAILABLE') throw new Later(retryAfter);
  if (error) throw new Refused(`${code}: ${error.message}`);
  // Where many are changed each one tells it. What is done already is not done again.
  const payloads: ({ results?: Result[] } | null)[] = Object.values(answer.data ?? {});
  const problems = payloads.flatMap((payload) => payload?.results ?? []).flatMap(({ userErrors }) => userErrors);
  if (problems.some(({ code }) => code === 'UNAVAILABLE')) throw new Later(retryAfter);
  return answer.data;
}

/** The data of one answer; the caller says what its document asks for. */
function ask<Data>(query: string, variables: Variables): Promise<Data> {
  return patiently(async () => {
    const response = await post(query, variables, 'application/json', AbortSignal.timeout(SILENCE_SECONDS * 1000));
    return dataOf((await response.json()) as Answer, response.headers.get('Retry-After')) as Data;
  });
}

/** All nodes, page by page. */
async function pages<Node>(field: string, query: string, variables: Variables): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const data: Record<string, Page<Node>> = await ask(query, { ...variables, first: PAGE, after });
    const page = data[field];
    if (!page) return nodes;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

/** What became of those that were changed; the others are told. Names each mutation, so that it is done once. */
async function change<Of extends Result>(field: string, query: string, ids: string[]): Promise<Of[]> {
  const changed: Of[] = [];
  for (let start = 0; start < ids.length; start += SLICE) {
    const variables = { ids: ids.slice(start, start + SLICE), commandId: crypto.randomUUID() };
    const data = await ask<Record<string, { results: Of[] }>>(query, variables);
    for (const result of data[field]?.results ?? []) {
      for (const { code, message } of result.userErrors) console.log(`refused: ${result.givenId} ${code} ${message}`);
      if (result.userErrors.length === 0) changed.push(result);
    }
  }
  return changed;
}

/** Tells each new status until the session is over. The first answer is how it stands, so that coming back misses nothing. */
async function follow(id: string): Promise<void> {
  let told = '';
  await patiently(async () => {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_SECONDS * 1000);
    try {
      const response = await post(FOLLOW, { id }, 'text/event-stream', silence.signal);
      if (!response.headers.get('Content-Type')?.includes('event-stream')) dataOf((await response.json()) as Answer);
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let lines: string[] = [];
      for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_SECONDS * 1000);
        lines = ((lines.pop() ?? '') + piece.value).split('\n'); // the last one may go on
        for (const line of lines.slice(0, -1)) {
          if (line === 'event: complete') return;
          if (!line.startsWith('data: {')) continue;
          const data = dataOf(JSON.parse(line.slice('data: '.length)) as Answer) as { sessionProgress: { status: string } };
          const { status } = data.sessionProgress;
          if (status !== told) console.log(`session: ${status}`);
          told = status;
        }
      }
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
    throw new Later(); // without `complete` it was cut
  });
}

async function day(since: string): Promise<void> {
  // All pages first: what is changed meanwhile may change its place.
  const stale = await pages<Computer>('computers', STALE, { since });
  for (const { name, lastSeenAt } of stale) console.log(`stale: ${name} ${(lastSeenAt ?? 'never').slice(0, 10)}`);
  const tagged = await change<Tagged>('tagComputers', TAG, stale.map(({ id }) => id));
  for (const { givenId, computer } of tagged) console.log(`tagged: ${computer?.name ?? givenId}`);

  const online = await pages<{ id: string }>('computers', ONLINE, {});
  const started = await change<Started>('startSessions', START, online.map(({ id }) => id));
  for (const { givenId, session } of started) console.log(`started: ${session?.computer?.name ?? givenId}`);
  const first = started[0]?.session;
  if (first) await follow(first.id);

  for (const { computer, actions } of await pages<Session>('sessions', FAILED, { since })) {
    for (const { itemName, result, resultReason } of actions) {
      if (result === 'FAILED') console.log(`failed: ${computer?.name ?? '?'} ${itemName} ${resultReason ?? '?'}`);
    }
  }
}

const monthAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000).toISOString();
try {
  await day(process.argv[2] ?? monthAgo);
} catch (error) {
  console.error(error instanceof Refused ? error.message : error);
  process.exit(1);
}
