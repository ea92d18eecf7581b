// A dialog is left by Escape or by a click beside it only where nothing was written, or where somebody says so.
import { expect, inject, test } from 'vitest';
import { signedIn, unreachable } from './kit/browser.ts';

const demo = inject('demo');

test('what was written in a dialog is not lost by a key, or by a click beside it', async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/software`);
  const form = page.getByRole('dialog', { name: 'Add a software' });
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const open = page.getByRole('button', { name: 'Add a software' });

  await open.click();
  await form.waitFor();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'hidden' });

  await open.click();
  const name = form.getByRole('textbox', { name: 'Name' });
  await name.fill('A long draft');
  await page.keyboard.press('Escape');
  await question.waitFor();
  expect(await unreachable(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  expect(await name.inputValue()).toBe('A long draft');

  await page.mouse.click(5, 400);
  await question.getByRole('button', { name: 'Leave without saving' }).click();
  await form.waitFor({ state: 'hidden' });
  await open.click();
  expect(await name.inputValue()).toBe('');
});
