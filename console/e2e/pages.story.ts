// Every page, in both themes and at both widths: whoever cannot see or has a small screen can use it, and the browser has nothing to complain of.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, inject, test } from 'vitest';
import { ask, change } from './kit/api.ts';
import { NARROW, overflow, signedIn, unreachable, WIDE } from './kit/browser.ts';

const demo = inject('demo');
/** Where pictures of all pages go, for whoever wants to look at them. */
const PICTURES = fileURLToPath(new URL('./out/', import.meta.url));

interface Ids {
  computers: { nodes: { uuid: string }[] };
  deployments: { nodes: { uuid: string }[] };
  catalogue: { nodes: { uuid: string }[] };
  sessions: { nodes: { uuid: string }[] };
  tenants: { nodes: { uuid: string }[] };
  events: { nodes: { id: string }[] };
}

type Made = Record<'made', { task: { uuid: string }; userErrors: [] }>;

let paths: string[] = [];

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  const ids = await ask<Ids>(
    demo,
    '{ computers(first: 1) { nodes { uuid } } deployments(first: 1) { nodes { uuid } } catalogue(first: 1) { nodes { uuid } } sessions(last: 1) { nodes { uuid } } tenants(first: 1) { nodes { uuid } } events(first: 1) { nodes { id } } }',
  );
  const { made } = await change<Made>(demo, 'mutation { made: createTask(input: { name: "Disk encryption" }) { task { uuid } userErrors { code message } } }');
  await change(demo, 'mutation { made: createSecret(input: { name: "Domain join", value: "hush-4711" }) { userErrors { code message } } }');
  const task = `/tasks/${made.task.uuid}`;
  await change(
    demo,
    'mutation ($id: ID!, $text: String!) { define: defineTaskParameters(input: { id: $id, parameters: [{ name: "Cipher", kind: CHOICE, choices: ["AES-128", "AES-256"], default: { text: "AES-256" } }, { name: "Disks", label: "Which disks", kind: TEXT, isRequired: true }] }) { userErrors { code message } } set: setTaskScript(input: { id: $id, role: GET, script: { text: $text } }) { userErrors { code message } } }',
    { id: made.task.uuid, text: 'echo 1' },
  );
  const id = (list: { nodes: { uuid: string }[] }) => list.nodes[0]?.uuid;
  paths = [
    '/',
    '/computers',
    `/computers/${id(ids.computers)}`,
    ...['sessions', 'agents', 'inventory', 'events'].map((tab) => `/computers/${id(ids.computers)}?tab=${tab}`),
    '/agents',
    '/agents/enrol',
    '/tags',
    '/deployments',
    '/deployments/new',
    `/deployments/new?task=${made.task.uuid}`,
    '/deployments/order',
    `/deployments/${id(ids.deployments)}`,
    `/deployments/${id(ids.deployments)}/edit`,
    '/software',
    `/software/${id(ids.catalogue)}`,
    ...['scripts', 'detection', 'prerequisites', 'computers'].map((tab) => `/software/${id(ids.catalogue)}?tab=${tab}`),
    '/software/sources',
    '/tasks',
    task,
    ...['parameters', 'computers', 'values', 'deployments', 'history'].map((tab) => `${task}?tab=${tab}`),
    '/sessions',
    `/sessions/${id(ids.sessions)}`,
    '/tenants',
    `/tenants/${id(ids.tenants)}`,
    '/people',
    '/groups',
    '/agreements',
    '/secrets',
    `/tenants/${id(ids.tenants)}?tab=secrets`,
    '/tokens',
    '/events',
    `/events/${ids.events.nodes[0]?.id}`,
    '/compare',
    '/no-such-page',
  ];
});

test.each([
  ['light', WIDE],
  ['dark', WIDE],
  ['light', NARROW],
  ['dark', NARROW],
] as const)('every page in the %s theme at %o', { timeout: 240_000 }, async (colorScheme, viewport) => {
  const page = await signedIn(demo, { colorScheme, viewport });
  const faults: string[] = [];
  for (const path of paths) {
    await page.goto(demo.url + path);
    await page
      .getByRole('heading', { level: 1 })
      .or(page.getByRole('heading', { name: 'There is no such page' }))
      .first()
      .waitFor();
    await page.waitForFunction(() => !document.querySelector('main [aria-label="Loading"]'));
    for (const fault of await unreachable(page)) faults.push(`${path}: ${fault}`);
    const wider = await overflow(page);
    if (wider > 0) faults.push(`${path}: ${wider} pixels wider than the window`);
    await page.screenshot({ path: `${PICTURES}${path.replaceAll(/[^a-z0-9]+/gi, '_')}-${viewport.width}-${colorScheme}.png` });
  }
  expect(faults).toEqual([]);
});

test('no link of any page leads nowhere', { timeout: 240_000 }, async () => {
  const page = await signedIn(demo);
  const found = new Map<string, string>();
  for (const path of paths.filter((path) => path !== '/no-such-page')) {
    await page.goto(demo.url + path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForFunction(() => !document.querySelector('main [aria-label="Loading"]'));
    const links = await page.locator('main a[href^="/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    // One of each kind: /computers/… is one page, whichever computer it is.
    for (const link of links) found.set(link.replaceAll(/[0-9a-f-]{36}|\d+/g, '…').split('?')[0] ?? '', link);
  }
  const dead: string[] = [];
  for (const link of found.values()) {
    await page.goto(demo.url + link);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    if (await page.getByRole('heading', { name: /^There is no such/ }).isVisible()) dead.push(link);
  }
  expect(found.size).toBeGreaterThan(15);
  expect(dead).toEqual([]);
});
