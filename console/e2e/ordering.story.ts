// The order of execution: what is held by keys goes where they say, and what is pulled to an edge of the page scrolls on for as long as it is there.
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { ask, change, idOf } from './kit/api.ts';
import { NARROW, signedIn } from './kit/browser.ts';

const demo = inject('demo');
const ITEMS = ['Adobe Reader', 'Adobe Acrobat'] as const;

const moveTo = async (name: string, to: 'BEGINNING' | 'UNORDERED') =>
  change(demo, 'mutation ($input: MoveOrderingItemInput!) { done: moveOrderingItem(input: $input) { userErrors { code message } } }', {
    input: { itemId: await idOf(demo, 'catalogue', name), to },
  });

interface Order {
  ordering: { beginning: { software: { name: string } | null }[] };
}
const beginning = async () =>
  (await ask<Order>(demo, '{ ordering { beginning { software { name } } } }')).ordering.beginning.map(({ software }) => software?.name);

type Page = Awaited<ReturnType<typeof signedIn>>;
const shown = (page: Page) => page.locator('[data-list="BEGINNING"]').getByRole('listitem').getByRole('link').allInnerTexts();

beforeEach(async () => {
  for (const name of ITEMS) await moveTo(name, 'BEGINNING');
});
afterEach(async () => {
  for (const name of ITEMS) await moveTo(name, 'UNORDERED');
});

test('what is held by keys goes one place down, and every step is said', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/deployments/order`);
  const handle = page.getByRole('button', { name: 'Hold Adobe Reader to move it', exact: true });
  await handle.focus();
  await page.keyboard.press('Enter');
  await page.getByText('Adobe Reader is held, in Beginning, place 1 of 2.').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByText('Beginning, place 2 of 2.', { exact: true }).waitFor();
  expect(await shown(page), 'nothing moves before it is put down').toEqual(['Adobe Reader', 'Adobe Acrobat']);
  await page.keyboard.press('Space');
  await page.getByText('Adobe Reader is put down in Beginning, place 2 of 2.').waitFor();
  await page.getByText('Adobe Reader was moved', { exact: true }).waitFor();
  expect(await shown(page)).toEqual(['Adobe Acrobat', 'Adobe Reader']);
  expect(await beginning()).toEqual(['Adobe Acrobat', 'Adobe Reader']);
});

test('what is pulled to an edge scrolls to the end, though the pointer stands still', async () => {
  const page = await signedIn(demo, { viewport: { ...NARROW, height: 480 } });
  await page.goto(`${demo.url}/deployments/order`);
  const handle = page.getByRole('button', { name: 'Hold Adobe Reader to move it', exact: true });
  await handle.hover();
  const main = await page.locator('#main').boundingBox();
  if (!main) throw new Error('the page has no place to scroll in');
  const x = main.x + main.width / 2;
  const rest = () => page.locator('#main').evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop);
  expect(await rest(), 'there is more to scroll than one frame does').toBeGreaterThan(50);

  await page.mouse.down();
  await page.mouse.move(x, main.y + main.height - 6, { steps: 5 });
  await expect.poll(rest, { message: 'down to the end', timeout: 10_000 }).toBeLessThan(1);
  await page.mouse.move(x, main.y + 6, { steps: 5 });
  await expect.poll(() => page.locator('#main').evaluate(({ scrollTop }) => scrollTop), { message: 'and up again', timeout: 10_000 }).toBe(0);

  await page.keyboard.press('Escape');
  await page.getByText('Adobe Reader stays where it was.').waitFor();
  await page.mouse.up();
  expect(await shown(page)).toEqual(['Adobe Reader', 'Adobe Acrobat']);
  expect(await beginning()).toEqual(['Adobe Reader', 'Adobe Acrobat']);
});
