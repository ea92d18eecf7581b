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

test('whoever goes on before what was typed has reached the list, is not led back', async () => {
  const page = await signedIn(fleet);
  // A page that takes longer to come than the list waits for more to be typed.
  await page.route(/assets\/TenantPage/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await route.continue();
  });
  await page.goto(`${fleet.url}/tenants?removed=yes`);
  const link = page.getByRole('link', { name: 'tenant 7', exact: true });
  await link.waitFor();
  await page.getByRole('textbox', { name: 'Name or tag contains' }).fill('7');
  await link.click();
  await page.getByRole('heading', { level: 1, name: 'tenant 7' }).waitFor();

  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Tenants' }).waitFor();
  expect(new URL(page.url()).search, 'what the list was before').toBe('?removed=yes');
});
