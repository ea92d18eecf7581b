// A script is tried on a computer before it is a part of the catalogue: what it came to is seen, and it is tried again.
import { expect, inject, test } from 'vitest';
import { ask } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');

interface Computers {
  computers: { nodes: { uuid: string; name: string }[] };
}

test('a technician tries a script, sees why nothing is known, and tries it again as what it is', { timeout: 120_000 }, async () => {
  const { computers } = await ask<Computers>(demo, '{ computers { nodes { uuid name } } }');
  const reception = computers.nodes.find(({ name }) => name === 'reception');
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/computers/${reception?.uuid}`);
  await page.getByRole('button', { name: 'Change', exact: false }).first().click();
  await page.getByRole('menuitem', { name: 'Try a script…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Text' }).fill('echo "$UPKEEP_PARAMETER_VERSION"');
  await dialog.getByRole('radio', { name: 'Test', exact: true }).check();
  await dialog.getByRole('button', { name: 'Add a parameter' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Version');
  await dialog.getByRole('textbox', { name: 'Value' }).fill('1.2.3');
  await dialog.getByRole('button', { name: 'Run it' }).click();
  await page.getByRole('heading', { level: 1, name: 'A draft of a script on reception' }).waitFor();
  await page.getByRole('heading', { name: 'Not known, because the test script printed "1.2.3"', exact: false }).waitFor();
  await page.getByText('1.2.3', { exact: true }).first().waitFor();
  const first = page.url();

  await page.getByRole('button', { name: 'Try again' }).click();
  await dialog.getByRole('radio', { name: 'Detection', exact: true }).check();
  await dialog.getByRole('button', { name: 'Run it' }).click();
  await page.getByRole('heading', { name: 'Version 1.2.3', exact: true }).waitFor();
  expect(page.url()).not.toBe(first);
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page
    .getByText(/draft ?read/i)
    .first()
    .waitFor();
});
