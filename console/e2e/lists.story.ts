// Whoever looks into a record of a long list comes back to where the list was.
import { expect, inject, test } from 'vitest';
import { signedIn } from './kit/browser.ts';

const fleet = inject('fleet');
/** Far from the beginning, in pixels. */
const FAR = 100_000;

test('a list of thousands is where it was after a look into one of them, and after the page was loaded anew', async () => {
  const page = await signedIn(fleet);
  await page.goto(`${fleet.url}/computers`);
  const table = page.getByRole('table', { name: 'Computers' });
  const link = table.getByRole('link', { name: /^pc-/ });
  await link.first().waitFor();
  const first = await link.first().innerText();
  await table.evaluate((scroller, top) => {
    scroller.scrollTop = top;
  }, FAR);
  await link.filter({ hasText: new RegExp(`^${first}$`) }).waitFor({ state: 'detached' });
  const seen = await link.nth(10).innerText();
  await link.nth(10).click();
  await page.getByRole('heading', { level: 1, name: seen, exact: true }).waitFor();

  await page.goBack();
  await table.getByRole('link', { name: seen, exact: true }).waitFor();
  expect(await table.evaluate((scroller) => scroller.scrollTop)).toBe(FAR);
  await page.reload();
  await table.getByRole('link', { name: seen, exact: true }).waitFor();
  expect(await table.evaluate((scroller) => scroller.scrollTop)).toBe(FAR);
});
