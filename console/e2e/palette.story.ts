// Ctrl-K and keys: whoever knows a name or a word needs no mouse.
import { expect, inject, test } from 'vitest';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');

test('a computer is found by a part of its name, and opened', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/events`);
  await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByLabel('Find or do').first().waitFor();
  await page.keyboard.type('laptop');
  await page.getByRole('dialog').getByText('ceo-laptop').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /ceo-laptop/ }).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/computers\//);
});

test('what to do is found by its words, and places by their keys; nobody who types is disturbed', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/`);
  await page.getByRole('button', { name: /Find or do/ }).click();
  await page.getByLabel('Find or do').first().waitFor();
  await page.keyboard.type('new depl');
  await page.getByText('New deployment').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'New deployment' }).waitFor();

  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { level: 1, name: 'Computers' }).waitFor();
  await page.getByRole('textbox', { name: /Name/ }).first().fill('g');
  await page.keyboard.press('s');
  expect(new URL(page.url()).pathname).toBe('/computers');
  await page.locator('h1').click();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
});
