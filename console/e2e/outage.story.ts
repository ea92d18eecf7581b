// A server that is killed under an open page, and comes back.

import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from './kit/api.ts';
import { expectOutage, signedIn } from './kit/browser.ts';
import { freePort, serve, stopped } from './kit/worlds.ts';

const PROGRAMS = fileURLToPath(new URL('../../target/debug/', import.meta.url));

test('the page keeps what it shows, says that it may be old, and goes on by itself', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'upkeep-outage-'));
  const token =
    execFileSync(join(PROGRAMS, 'upkeep'), ['token', 'create', '--name', 'Alex', '--data-dir', dataDir], { encoding: 'utf8' }).match(/upt_\w+/)?.[0] ?? '';
  const port = await freePort();
  let { child, url } = await serve(dataDir, port);
  const world = { url, token, dataDir };
  const create = (name: string) => ask(world, 'mutation ($name: String!) { createTenant(input: { name: $name }) { userErrors { message } } }', { name });
  try {
    await create('Northwind');
    const page = await signedIn(world);
    await page.goto(`${url}/tenants`);
    await page.getByText('Northwind').first().waitFor();
    await create('Contoso');
    await page.getByText('Contoso').first().waitFor();

    expectOutage();
    child.kill('SIGKILL');
    await page.getByText('Not connected').waitFor();
    expect(await page.getByText('Northwind').first().isVisible()).toBe(true);

    ({ child, url } = await serve(dataDir, port));
    await create('Fabrikam');
    await page.getByText('Fabrikam').first().waitFor();
    await page.getByText('Not connected').waitFor({ state: 'detached' });
  } finally {
    await stopped(child);
  }
});
