// A technician's day, without a manual: why is Reader left alone on the CNC machine, and what if it were not?
import { afterEach, expect, inject, test } from 'vitest';
import { ask } from './kit/api.ts';
import { signedIn, stranger } from './kit/browser.ts';

const demo = inject('demo');
const LEFT_ALONE = 'Adobe Reader is to be left alone on the computer cnc-1, in every full session.';

// Whatever becomes of the story, the others find the machine as it was.
afterEach(async () => {
  const { deployments } = await ask<{ deployments: { nodes: { uuid: string; status: string; target: { text: string } }[] } }>(
    demo,
    '{ deployments { nodes { uuid status target { text } } } }',
  );
  const leftAlone = deployments.nodes.find(({ target }) => target.text === 'the computer cnc-1');
  if (leftAlone?.status !== 'DISABLED') return;
  await ask(demo, 'mutation ($id: ID!) { enableDeployment(input: { id: $id }) { userErrors { message } } }', { id: leftAlone.uuid });
});

test('a stranger finds out why, sees what would change, does it, watches it and takes it back', { timeout: 120_000 }, async () => {
  const page = await stranger();
  const code = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${demo.token}` } });
  const link = `${demo.url}/#code=${((await code.json()) as { code: string }).code}`;
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(page.url(), 'the code is gone from the address').toBe(`${demo.url}/`);

  // The machine, among the computers.
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Computers' }).click();
  const computers = page.getByRole('table', { name: 'Computers' });
  await computers.getByRole('link', { name: 'reception' }).waitFor();
  await page.getByRole('textbox', { name: 'Name, serial, tag or person' }).fill('CNC');
  await computers.getByRole('link', { name: 'reception' }).waitFor({ state: 'detached' });
  expect(await computers.getByRole('row').count(), 'the head and the machine').toBe(2);
  await computers.getByRole('link', { name: 'cnc-1' }).click();

  // Why, and who said so.
  const reader = page
    .getByRole('tabpanel', { name: 'Items' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Adobe Reader' }) });
  await reader.getByText('Left alone', { exact: true }).waitFor();
  await reader.getByRole('button', { name: 'Why, since when of Adobe Reader' }).click();
  const why = page.getByRole('region', { name: 'Why, Adobe Reader' });
  const reason = why.getByRole('listitem').filter({ hasText: 'Wins' });
  await reason.waitFor();
  const said = await reason.innerText();
  expect(said).toContain('The deployment for the computer cnc-1 wins');
  expect(said).toContain('It wants: left alone.');
  expect(said).toMatch(/changed .+ by demo/);
  const lost = await why.getByRole('listitem').filter({ hasText: 'Lost on scope' }).innerText();
  expect(lost).toContain('one computer or person beats every tenant');
  expect(await page.getByRole('region', { name: 'Since when, Adobe Reader' }).innerText()).toContain('Deployment created by demo');

  // The deployment that is to blame; what would be if it were not.
  await reason.getByRole('link', { name: 'Look at the deployment' }).click();
  await page.getByRole('heading', { level: 1, name: LEFT_ALONE }).waitFor();
  await page.getByText('Enabled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Disable…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disable this deployment' });
  const change = dialog.getByRole('row', { name: 'cnc-1' });
  await change.waitFor();
  const told = await change.innerText();
  expect(told).toMatch(/Adobe Reader: left alone → installed in the latest version, 24\.2/);
  expect(told, 'who wins then').toContain('Then the one for workstations and portable devices of every tenant wins.');
  expect(await page.getByText('Enabled', { exact: true }).isVisible(), 'looking changes nothing').toBe(true);
  await dialog.getByLabel('Reason').fill('The line stands still tonight');
  await dialog.getByRole('button', { name: 'Disable: change 1 computer', exact: true }).click();
  await page.getByText('Disabled', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'What it is' }).getByText('The line stands still tonight').waitFor();

  // A session, watched to its end without a hand on the page.
  await page.getByRole('region', { name: 'What it is' }).getByRole('link', { name: 'cnc-1' }).click();
  await reader.getByText('Installed in the latest version, 24.2', { exact: true }).waitFor();
  const colleague = await signedIn(demo);
  await colleague.goto(`${demo.url}/sessions`);
  const sessions = colleague.getByRole('table', { name: 'Sessions' }).getByRole('row').filter({ hasText: 'Adobe Reader' }).filter({ hasText: 'cnc-1' });
  await colleague.getByRole('table', { name: 'Sessions' }).getByText('Passed').first().waitFor();
  const before = await sessions.count();
  await page.getByRole('button', { name: 'Run Adobe Reader' }).click();
  const run = page.getByRole('dialog', { name: 'Run Adobe Reader on cnc-1' });
  await run.getByText('Adobe Reader is to be installed in the latest version, 24.2').waitFor();
  await run.getByText('Whoever works there may be interrupted').waitFor();
  await run.getByRole('button', { name: 'Start the session' }).click();
  await page.getByRole('link', { name: 'Watch it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Adobe Reader on cnc-1' }).waitFor();
  await page.evaluate(() => Object.assign(window, { isWatched: true }));
  const session = page.getByRole('region', { name: 'The session' });
  await session.getByText('Ended', { exact: true }).waitFor({ timeout: 40_000 });
  await page.getByText('Passed', { exact: true }).waitFor();
  await page.getByText(/^Version 24\.2 is there/).waitFor();
  expect(await page.getByRole('button', { name: 'Cancel' }).count(), 'nothing is left to be cancelled').toBe(0);
  expect(await page.evaluate(() => 'isWatched' in window), 'the page was never loaded anew').toBe(true);
  // Whoever only had the list in view sees it come and pass too.
  await sessions.filter({ hasText: 'Passed' }).nth(before).waitFor();

  // And back: the machine's page leads to the rule that is off, and on again over what that would do.
  await session.getByRole('link', { name: 'cnc-1' }).click();
  await reader.getByRole('button', { name: 'Why, since when of Adobe Reader' }).click();
  const off = why.getByRole('listitem').filter({ hasText: 'Disabled' });
  await off.getByRole('link', { name: 'Look at the deployment' }).click();
  await page.getByRole('heading', { level: 1, name: LEFT_ALONE }).waitFor();
  await page.getByRole('button', { name: 'Enable…' }).click();
  const back = page.getByRole('dialog', { name: 'Enable this deployment' });
  await back.getByRole('button', { name: 'Enable: change 1 computer', exact: true }).click();
  await page.getByText('Enabled', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'What it is' }).getByRole('link', { name: 'cnc-1' }).click();
  await reader.getByText('Left alone', { exact: true }).waitFor();
});

test('what was just done is taken back from where it is said', async () => {
  const page = await stranger();
  const code = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${demo.token}` } });
  await page.goto(`${demo.url}/deployments#code=${((await code.json()) as { code: string }).code}`);
  await page.getByRole('link', { name: 'the computer cnc-1' }).click();
  await page.getByRole('heading', { level: 1, name: LEFT_ALONE }).waitFor();
  await page.getByRole('button', { name: 'Disable…' }).click();
  await page.getByRole('button', { name: 'Disable: change 1 computer', exact: true }).click();
  await page.getByRole('link', { name: 'Undo: enable it again' }).click();
  await page.getByRole('dialog', { name: 'Enable this deployment' }).getByRole('button', { name: 'Enable: change 1 computer', exact: true }).click();
  await page.getByText('Enabled', { exact: true }).waitFor();
});
