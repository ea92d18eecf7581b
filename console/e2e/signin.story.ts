// The door: who is told what, what a page keeps when its session ends, and a link that lets somebody in once.
import { expect, inject, test } from 'vitest';
import { tokenFor } from './kit/api.ts';
import { signedIn, stranger } from './kit/browser.ts';

const demo = inject('demo');

test('a wrong token is told, a right one opens the page that was asked for, and signing out shuts it', async () => {
  const page = await stranger();
  await page.goto(`${demo.url}/computers?text=cnc`);
  const door = page.getByRole('main', { name: 'Sign in' });
  const token = door.getByLabel('API token');
  await token.fill(`upt_${'0'.repeat(32)}_${'0'.repeat(64)}`);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await door.getByText('The token is not in force: it is unknown, was revoked or has expired').waitFor();
  expect(await page.getByText('cnc-1').count(), 'nothing is shown to nobody').toBe(0);

  await token.fill(` ${demo.token} `);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('table', { name: 'Computers' }).getByRole('link', { name: 'cnc-1' }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Name, serial, tag or person' }).inputValue()).toBe('cnc');
  await page.reload();
  await page.getByRole('link', { name: 'cnc-1' }).waitFor();

  await page.getByRole('button', { name: 'demo' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await door.waitFor();
  await page.goto(`${demo.url}/computers`);
  await door.waitFor();
  expect(await page.getByText('cnc-1').count()).toBe(0);
});

test('a revoked token ends the open page; another one goes on where it was', async () => {
  const short = await tokenFor(demo, 'For a short time', 'MSP_ADMIN');
  const page = await signedIn(demo, { token: short.secret });
  await page.goto(`${demo.url}/deployments/new`);
  await page.getByRole('textbox', { name: 'Reason' }).fill('Half a thought');
  await page.getByRole('combobox', { name: 'Software or task' }).fill('acro');
  await page.getByRole('option', { name: 'Adobe Acrobat' }).click();
  await page.getByText('Adobe Acrobat is to be installed').waitFor();

  await short.revoke();
  const door = page.getByRole('region', { name: 'Sign in' });
  await door.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  expect(await page.getByRole('heading', { level: 1, name: 'New deployment' }).count(), 'the page is still there').toBe(1);

  // The dead token opens nothing; another one does.
  await door.getByLabel('API token').fill(short.secret);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await door.getByText('The token is not in force: it is unknown, was revoked or has expired').waitFor();
  await door.getByLabel('API token').fill(demo.token);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await door.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'demo', exact: true }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('Half a thought');
  expect(await page.getByRole('combobox', { name: 'Software or task' }).inputValue()).toBe('Adobe Acrobat');

  // It is alive again: what somebody types is answered.
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Uninstalled' }).click();
  await page.getByRole('button', { name: /^Create: change \d+ computers?$/ }).waitFor();
});

test('a link lets one in, once', async () => {
  const response = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${demo.token}` } });
  const { code } = (await response.json()) as { code: string };
  const first = await stranger();
  await first.goto(`${demo.url}/tenants#code=${code}`);
  await first.getByRole('heading', { level: 1, name: 'Tenants' }).waitFor();
  await first.getByText('Northwind').first().waitFor();
  expect(first.url(), 'the code is gone from the address').toBe(`${demo.url}/tenants`);

  const second = await stranger();
  await second.goto(`${demo.url}/tenants#code=${code}`);
  const door = second.getByRole('main', { name: 'Sign in' });
  await door.getByText('The code was used already').waitFor();
  expect(second.url()).toBe(`${demo.url}/tenants`);
  expect(await second.getByText('Northwind').count()).toBe(0);
  // Who has a token need not go back to whoever sent the link.
  await door.getByLabel('API token').fill(demo.token);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await second.getByText('Northwind').first().waitFor();
});

test('a link for somebody else asks whoever is signed in, and is good until they agree', async () => {
  const other = await tokenFor(demo, 'Somebody else', 'MSP_TECHNICIAN');
  const response = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${other.secret}` } });
  const { code } = (await response.json()) as { code: string };
  const page = await signedIn(demo);
  const open = async () => {
    // Another page first: an address that differs in its end alone would not be opened anew.
    await page.goto('about:blank');
    await page.goto(`${demo.url}/tenants#code=${code}`);
  };
  await open();
  const question = page.getByRole('main', { name: 'Somebody else’s link' });
  await question.getByText('You are signed in as demo, MSP admin. This link is for Somebody else, MSP technician.').waitFor();
  expect(await page.getByText('Northwind').count(), 'nothing is shown before').toBe(0);
  await question.getByRole('button', { name: 'Stay demo' }).click();
  await page.getByRole('button', { name: 'demo', exact: true }).waitFor();
  expect(page.url()).toBe(`${demo.url}/tenants`);

  await open();
  await question.getByRole('button', { name: 'Continue as Somebody else' }).click();
  // A technician may not read the names of tokens, of their own neither.
  await page.getByRole('button', { name: 'You', exact: true }).waitFor();
  await page.getByText('Northwind').first().waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'You', exact: true }).waitFor();
});

test('a link that was used meanwhile lets nobody in, and whoever is signed in is told why', async () => {
  const other = await tokenFor(demo, 'Somebody late', 'MSP_TECHNICIAN');
  const response = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${other.secret}` } });
  const { code } = (await response.json()) as { code: string };
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/tenants#code=${code}`);
  const question = page.getByRole('main', { name: 'Somebody else’s link' });
  await question.waitFor();
  const elsewhere = await stranger();
  await elsewhere.goto(`${demo.url}/tenants#code=${code}`);
  await elsewhere.getByText('Northwind').first().waitFor();

  await question.getByRole('button', { name: 'Continue as Somebody late' }).click();
  await page.getByText('The code was used already').waitFor();
  await page.getByRole('button', { name: 'demo', exact: true }).waitFor();
  await page.getByText('Northwind').first().waitFor();
});

test('what somebody wrote does not open for whoever goes on by a link', async () => {
  const other = await tokenFor(demo, 'Somebody next', 'MSP_TECHNICIAN');
  const response = await fetch(`${demo.url}/console/code`, { method: 'POST', headers: { Authorization: `Bearer ${other.secret}` } });
  const { code } = (await response.json()) as { code: string };
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/new`);
  await page.getByRole('combobox', { name: 'Software or task' }).fill('acro');
  await page.getByRole('option', { name: 'Adobe Acrobat' }).click();
  const kept = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('deployment draft')));
  await expect.poll(kept).toHaveLength(1);

  await page.goto('about:blank');
  await page.goto(`${demo.url}/tenants#code=${code}`);
  await page.getByRole('button', { name: 'Continue as Somebody next' }).click();
  await page.getByRole('button', { name: 'You', exact: true }).waitFor();
  expect(await kept()).toEqual([]);
});
