// An administrator of one tenant: neither what he sees nor what his browser is sent knows anything of the others.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ask, idOf, type Token, tokenFor } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');
const HIS = 'Contoso';

interface OfTenant {
  uuid: string;
  tenant: { name: string } | null;
}
interface World {
  tenants: { nodes: { uuid: string; name: string }[] };
  computers: { nodes: (OfTenant & { name: string })[] };
  agents: { nodes: { uuid: string; computer: { tenant: { name: string } } | null }[] };
  sessions: { nodes: { uuid: string; computer: { tenant: { name: string } } | null }[] };
  deployments: {
    nodes: { uuid: string; target: { scope: { singleTenant: { tenant: { name: string } } | null; computer: { tenant: { name: string } } | null } } }[];
  };
}
const WORLD = `{
  tenants { nodes { uuid name } }
  computers { nodes { uuid name tenant { name } } }
  agents { nodes { uuid computer { tenant { name } } } }
  sessions(last: 100) { nodes { uuid computer { tenant { name } } } }
  deployments { nodes { uuid target { scope { singleTenant { tenant { name } } computer { tenant { name } } } } } }
}`;

let admin: Token;
/** Ids and names of what is of other tenants; by it, what it is. */
const theirs = new Map<string, string>();
let paths: string[] = [];
let foreign: string[] = [];

beforeAll(async () => {
  const { tenants, computers, agents, sessions, deployments } = await ask<World>(demo, WORLD);
  const keep = (what: string, uuid: string, tenant: string | undefined) => tenant && tenant !== HIS && theirs.set(uuid, what);
  for (const { uuid, name } of tenants.nodes) {
    keep(`the id of ${name}`, uuid, name);
    keep('the name of a tenant', name, name);
  }
  for (const { uuid, name, tenant } of computers.nodes) {
    keep(`the id of ${name}`, uuid, tenant?.name);
    keep('the name of a computer', name, tenant?.name);
  }
  for (const { uuid, computer } of agents.nodes) keep('the id of an agent', uuid, computer?.tenant.name);
  for (const { uuid, computer } of sessions.nodes) keep('the id of a session', uuid, computer?.tenant.name);
  for (const { uuid, target } of deployments.nodes) {
    keep('the id of a deployment', uuid, (target.scope.singleTenant?.tenant ?? target.scope.computer?.tenant)?.name);
  }
  for (const what of ['the name of a tenant', 'the name of a computer', 'the id of an agent', 'the id of a session', 'the id of a deployment']) {
    expect([...theirs.values()], 'there is something to be hidden').toContain(what);
  }

  const tenant = await idOf(demo, 'tenants', HIS);
  admin = await tokenFor(demo, `Admin of ${HIS}`, 'TENANT_ADMIN', tenant);
  const his = <T extends { uuid: string }>(nodes: T[], of: (one: T) => string | undefined) => nodes.find((one) => of(one) === HIS)?.uuid;
  const computer = his(computers.nodes, ({ tenant }) => tenant?.name);
  const reader = await idOf(demo, 'catalogue', 'Adobe Reader');
  paths = [
    '/',
    '/computers',
    `/computers/${computer}?item=${reader}`,
    ...['sessions', 'agents', 'inventory', 'events'].map((tab) => `/computers/${computer}?tab=${tab}`),
    '/sessions',
    `/sessions/${his(sessions.nodes, ({ computer }) => computer?.tenant.name)}?tab=timeline`,
    '/deployments',
    `/deployments/${his(deployments.nodes, ({ target }) => target.scope.singleTenant?.tenant.name)}`,
    '/deployments/order',
    '/software',
    `/software/${reader}`,
    '/tenants',
    `/tenants/${tenant}`,
    '/people',
    '/groups',
    '/tags',
    '/agreements',
    '/agents',
    '/tokens',
    '/events',
    '/compare',
  ];
  foreign = [
    ...computers.nodes.filter(({ tenant }) => tenant?.name !== HIS).map(({ uuid }) => `/computers/${uuid}`),
    ...tenants.nodes.filter(({ name }) => name !== HIS).map(({ uuid }) => `/tenants/${uuid}`),
    ...sessions.nodes
      .filter(({ computer }) => computer?.tenant.name !== HIS)
      .slice(0, 2)
      .map(({ uuid }) => `/sessions/${uuid}`),
  ];
});
afterAll(() => admin?.revoke());

/** All that the server tells this page, by HTTP and by socket. */
function listen(page: Page) {
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => {
    // What was cut off by going on to the next page was not received.
    if (new URL(response.url()).pathname === '/graphql') bodies.push(response.text().catch(() => ''));
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void bodies.push(Promise.resolve(payload.toString()))));
  return async () => (await Promise.all(bodies)).filter((body) => body !== '');
}

async function open(page: Page, path: string) {
  await page.goto(demo.url + path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('networkidle');
}

const leaks = (text: string) => [...theirs].filter(([secret]) => text.includes(secret)).map(([secret, what]) => `${what}: ${secret}`);

test('no page, and nothing that a page was sent, tells of another tenant', { timeout: 180_000 }, async () => {
  const page = await signedIn(demo, { token: admin.secret });
  const heard = listen(page);
  const faults: string[] = [];
  for (const path of paths) {
    await open(page, path);
    for (const leak of leaks(await page.getByRole('main').innerText())) faults.push(`${path} shows ${leak}`);
  }
  const bodies = await heard();
  expect(bodies.length, 'every page asked something').toBeGreaterThanOrEqual(paths.length);
  expect(
    bodies.some((body) => body.includes('ceo-laptop')),
    'his own is told',
  ).toBe(true);
  for (const body of bodies) for (const leak of leaks(body)) faults.push(`he was sent ${leak} in ${body.slice(0, 300)}`);
  expect([...new Set(faults)]).toEqual([]);
});

test('he sees his computer alone, and a link to another leads nowhere', { timeout: 120_000 }, async () => {
  const page = await signedIn(demo, { token: admin.secret });
  await page.goto(`${demo.url}/computers`);
  const rows = page.getByRole('table', { name: 'Computers' }).getByRole('row');
  await rows.filter({ hasText: 'ceo-laptop' }).waitFor();
  expect(await rows.count(), 'the head and his own').toBe(2);
  await page.getByRole('button', { name: `Admin of ${HIS}` }).click();
  await page.getByText(`Tenant admin of ${HIS}`).waitFor();
  for (const path of foreign) {
    await page.goto(demo.url + path);
    await page.getByRole('heading', { level: 1, name: /^There is no such (computer|tenant|session|thing)$/ }).waitFor();
    expect(leaks(await page.getByRole('main').innerText()), path).toEqual([]);
  }
});

test('whoever may see all is sent what is looked for here', async () => {
  const page = await signedIn(demo);
  const heard = listen(page);
  await open(page, '/computers');
  await open(page, '/deployments');
  const found = leaks((await heard()).join()).join();
  for (const what of ['the name of a tenant', 'the name of a computer', 'the id of a deployment']) expect(found).toContain(what);
});
