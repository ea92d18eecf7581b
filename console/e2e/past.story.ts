// A past moment: the whole page is of then, nothing can be changed there, and it can be sent to somebody.
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { acrobatAtFabrikam, ask, change } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');
const PAST = 'You look at a past moment; go to now to change something.';
const BEFORE = 'Adobe Acrobat is to be updated to version 2024.1 where it is found on all computers of Fabrikam, in every full session.';
const SINCE = 'Adobe Acrobat is to be uninstalled on all computers of Fabrikam, in every full session.';
let id = '';
/** When it still said what it said before. */
let position = '';
let remove: () => Promise<unknown>;

beforeEach(async () => {
  ({ id, remove } = await acrobatAtFabrikam(demo));
  ({
    server: { position },
  } = await ask<{ server: { position: string } }>(demo, '{ server { position } }'));
  await wants('UNINSTALLED');
});
afterEach(() => remove());

const wants = (kind: string) =>
  change(
    demo,
    'mutation ($id: ID!, $kind: DesiredStateKind!) { done: changeDeployment(input: { id: $id, desired: { kind: $kind } }) { userErrors { code message } } }',
    { id, kind },
  );

test('a moment is gone to, looked around in, sent to somebody, and left again', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/${id}`);
  await page.getByRole('heading', { level: 1, name: SINCE }).waitFor();
  expect(await page.getByRole('region', { name: 'A past moment' }).count(), 'now says nothing of the past').toBe(0);

  await page.getByRole('button', { name: 'Moment: now' }).click();
  await page.getByRole('textbox', { name: 'Position of an event' }).fill(position);
  await page.getByRole('textbox', { name: 'Position of an event' }).press('Enter');
  const banner = page.getByRole('region', { name: 'A past moment' });
  await page.getByRole('heading', { level: 1, name: BEFORE }).waitFor();
  await banner.getByText(`(position ${position}): read-only.`).waitFor();

  // What could be done is not there; why is.
  const main = page.getByRole('main');
  await main.getByText(PAST).first().waitFor();
  for (const name of ['Edit', 'Disable…', 'Delete…', 'Duplicate', 'Make an exception…']) {
    expect(await main.getByRole('button', { name, exact: true }).count(), name).toBe(0);
  }

  // Every way on stays at that moment.
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('link', { name: 'Deployments' }).click();
  const row = page.getByRole('table', { name: 'Deployments' }).getByRole('row').filter({ hasText: 'Fabrikam' });
  await row.getByText('updated to version 2024.1 where it is found').waitFor();
  expect(asOf(page.url())).toBe(position);
  expect(await main.getByRole('button', { name: 'New deployment' }).count()).toBe(0);
  await places.getByRole('link', { name: 'Computers' }).click();
  await page.getByRole('link', { name: 'warehouse-tablet' }).click();
  await page.getByRole('heading', { level: 1, name: 'warehouse-tablet' }).waitFor();
  await page.getByText('Updated to version 2024.1 where it is found', { exact: true }).waitFor();
  expect(asOf(page.url())).toBe(position);
  expect(await main.getByRole('button', { name: /^Run/ }).count(), 'no session starts in the past').toBe(0);
  await main.getByText(PAST).waitFor();

  // Somebody else opens what was sent.
  const theirs = await signedIn(demo);
  await theirs.goto(page.url());
  await theirs.getByText('Updated to version 2024.1 where it is found', { exact: true }).waitFor();
  await theirs.getByRole('region', { name: 'A past moment' }).getByText(`(position ${position}): read-only.`).waitFor();

  // And back to now, on the same page.
  await banner.getByRole('button', { name: 'Go to now' }).click();
  await banner.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'warehouse-tablet' }).waitFor();
  await page.getByText('Uninstalled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Run everything' }).waitFor();
  expect(asOf(page.url())).toBeNull();
});

test('what happens meanwhile changes nothing of the past, and nothing can be written there', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/${id}?asOf=${position}`);
  await page.getByRole('heading', { level: 1, name: BEFORE }).waitFor();
  const now = await signedIn(demo);
  await now.goto(`${demo.url}/deployments/${id}`);
  await now.getByRole('heading', { level: 1, name: SINCE }).waitFor();
  await wants('IGNORED');
  await now.getByRole('heading', { level: 1, name: 'Adobe Acrobat is to be left alone' }).waitFor();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(BEFORE);

  for (const [path, title] of [
    [`/deployments/${id}/edit`, 'Nothing can be changed in the past'],
    ['/deployments/new', 'Nothing can be written in the past'],
  ]) {
    await page.goto(`${demo.url}${path}?asOf=${position}`);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByText(PAST).waitFor();
    expect(await page.getByRole('button', { name: /^(Save|Create)/ }).count()).toBe(0);
  }
  await page.getByRole('button', { name: 'Go to now' }).click();
  await page.getByRole('heading', { level: 1, name: 'New deployment' }).waitFor();
});

test('a moment that has not come, or that is none, is said', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/computers?asOf=2099-01-01T00:00:00Z`);
  await page.getByRole('heading', { level: 1, name: 'That moment has not come yet' }).waitFor();
  expect(await page.getByRole('table').count()).toBe(0);
  await page.goto(`${demo.url}/computers?asOf=999999999`);
  await page.getByRole('heading', { level: 1, name: 'Position 999999999 cannot be shown' }).waitFor();
  await page.getByRole('button', { name: 'Go to now' }).click();
  await page.getByRole('table', { name: 'Computers' }).getByRole('link', { name: 'cnc-1' }).waitFor();
});

function asOf(address: string): string | null {
  return new URL(address).searchParams.get('asOf');
}
