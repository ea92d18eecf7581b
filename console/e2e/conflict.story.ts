// Two people change the same deployment: nothing that was typed is lost, and nobody overwrites what he has not seen.
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { acrobatAtFabrikam, ask, type Token, tokenFor } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');
let id = '';
let bea: Token;
let remove: () => Promise<unknown>;

beforeEach(async () => {
  ({ id, remove } = await acrobatAtFabrikam(demo));
  bea = await tokenFor(demo, 'Bea', 'MSP_ADMIN');
});
afterEach(async () => {
  await remove();
  await bea.revoke();
});

interface Saved {
  deployment: { desired: { kind: string }; enforcement: string; changed: { by: { apiToken: { name: string } } } };
}
const saved = async () =>
  (await ask<Saved>(demo, 'query ($id: ID!) { deployment(id: $id) { desired { kind } enforcement changed { by { apiToken { name } } } } }', { id })).deployment;

async function choose(page: Awaited<ReturnType<typeof signedIn>>, field: string, option: string) {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('they change different parts: the second keeps both', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/${id}/edit`);
  await choose(page, 'State', 'Uninstalled');
  await page.getByRole('textbox', { name: 'Reason' }).fill('Nobody uses it');

  const hers = await signedIn(demo, { token: bea.secret });
  await hers.goto(`${demo.url}/deployments/${id}/edit`);
  await choose(hers, 'Enforcement', 'Optional');
  await hers.getByRole('textbox', { name: 'Reason' }).fill('They want to be asked');
  await hers.getByRole('button', { name: /^Save/ }).click();
  await hers.getByRole('heading', { level: 1, name: 'where it was approved for the computer' }).waitFor();

  // What she did comes to him without his asking, and stands beside what he typed.
  const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed it too' });
  await conflict.waitFor();
  expect(await conflict.innerText()).toMatch(/by Bea\. What you typed is kept\./);
  expect(await cells(conflict.getByRole('row', { name: 'State' }))).toEqual(['updated where it is found', 'the same', 'uninstalled']);
  expect(await cells(conflict.getByRole('row', { name: 'Enforcement' }))).toEqual(['Required', 'Optional', 'not touched']);
  expect(await page.getByRole('button', { name: /^Save/ }).count(), 'nothing is saved over her head').toBe(0);
  await page.getByText('Decide above first: somebody else changed it too.').waitFor();

  await conflict.getByRole('button', { name: 'Put mine on top' }).click();
  await conflict.waitFor({ state: 'detached' });
  expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue(), 'the reason is kept too').toBe('Nobody uses it');
  await page.getByText('Adobe Acrobat is to be uninstalled on all computers of Fabrikam, where it was approved for the computer.').waitFor();
  await page.getByRole('button', { name: /^Save/ }).click();
  await page
    .getByRole('heading', { level: 1, name: 'Adobe Acrobat is to be uninstalled on all computers of Fabrikam, where it was approved for the computer.' })
    .waitFor();
  expect(await saved()).toEqual({ desired: { kind: 'UNINSTALLED' }, enforcement: 'OPTIONAL', changed: { by: { apiToken: { name: 'demo' } } } });
});

test('they change the same part: the second decides, and what the first did stays to be read', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/${id}/edit`);
  await choose(page, 'State', 'Uninstalled');

  const hers = await signedIn(demo, { token: bea.secret });
  await hers.goto(`${demo.url}/deployments/${id}/edit`);
  await choose(hers, 'State', 'Left alone');
  await hers.getByRole('textbox', { name: 'Reason' }).fill('Fabrikam look after it themselves');
  await hers.getByRole('button', { name: /^Save/ }).click();
  await hers.getByRole('heading', { level: 1, name: 'Adobe Acrobat is to be left alone' }).waitFor();

  const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed it too' });
  expect(await cells(conflict.getByRole('row', { name: 'State' }))).toEqual(['updated where it is found', 'left alone', 'uninstalled']);
  await conflict.getByRole('button', { name: 'Put mine on top' }).click();
  await page.getByRole('button', { name: /^Save/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Adobe Acrobat is to be uninstalled' }).waitFor();
  expect((await saved()).desired.kind).toBe('UNINSTALLED');
  await page.getByRole('tab', { name: 'Revisions' }).click();
  await page.getByText('Fabrikam look after it themselves').first().waitFor();
});

test('whoever takes theirs has nothing left to save', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/${id}/edit`);
  await choose(page, 'State', 'Uninstalled');
  await ask(demo, 'mutation ($id: ID!) { changeDeployment(input: { id: $id, desired: { kind: IGNORED } }) { userErrors { message } } }', { id }, bea.secret);
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByText('Nothing to save yet.').waitFor();
  await page.getByText('Adobe Acrobat is to be left alone on all computers of Fabrikam, in every full session.').waitFor();
  expect((await saved()).desired.kind).toBe('IGNORED');
});

async function cells(row: ReturnType<Awaited<ReturnType<typeof signedIn>>['getByRole']>): Promise<string[]> {
  await row.waitFor();
  return row.getByRole('cell').allInnerTexts();
}
