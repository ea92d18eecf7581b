// From a title of the catalogue to a rule: found, deployed to all workstations over what comes along with it, and copied to be one's own.
import { afterEach, expect, inject, test } from 'vitest';
import { ask, change } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');
const NEEDED = 'unzip';
/** What a story makes has a name of its own: nobody deletes software. */
const COPY = `Our 7-Zip ${Date.now()}`;

interface Left {
  software: { prerequisites: { uuid: string }[] };
  deployments: { nodes: { uuid: string }[] };
}

const titles: string[] = [];

// Sessions of other stories would bring the title onto the computers, out of Debian's own archive.
afterEach(async () => {
  for (const id of titles.splice(0)) {
    const { software, deployments } = await ask<Left>(
      demo,
      'query ($id: ID!) { software(id: $id) { prerequisites { uuid } } deployments(filter: { softwareId: $id }) { nodes { uuid } } }',
      { id },
    );
    for (const { uuid } of deployments.nodes) {
      await change(demo, 'mutation ($id: ID!) { done: deleteDeployment(input: { id: $id }) { userErrors { code message } } }', { id: uuid });
    }
    for (const { uuid } of software.prerequisites) {
      await change(demo, 'mutation ($id: ID!) { done: removePrerequisite(input: { id: $id }) { userErrors { code message } } }', { id: uuid });
    }
  }
});

test('a technician finds 7-Zip, deploys it with what it needs, and copies it to change the copy', { timeout: 120_000 }, async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/software`);
  const list = page.getByRole('table', { name: 'Software' });
  await list.getByRole('link', { name: 'Adobe Reader' }).waitFor();
  await page.getByRole('combobox', { name: 'Whose' }).click();
  await page.getByRole('option', { name: /^The catalogue/ }).click();
  await list.getByRole('link', { name: 'Adobe Reader' }).waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Name, publisher, identifier or tag' }).fill('7-ZIP');
  // One for Windows, in versions; and the one of which each computer says what it can get.
  await page.getByText('2 rows', { exact: true }).waitFor();
  await list.getByRole('row').filter({ hasText: "each computer's" }).getByRole('link', { name: '7-Zip' }).click();
  await page.getByRole('heading', { level: 1, name: '7-Zip' }).waitFor();
  await page.getByText('debian.7zip', { exact: true }).waitFor();
  titles.push(new URL(page.url()).pathname.split('/').at(-1) ?? '');

  // Only its source changes it; what it needs first is said here.
  await page.getByRole('tab', { name: 'Prerequisites' }).click();
  await page.getByText('Nothing: a session that is to install 7-Zip installs it as the computer is.').waitFor();
  await page.getByRole('button', { name: 'Add a prerequisite' }).click();
  const needs = page.getByRole('dialog', { name: 'What 7-Zip needs first' });
  await needs.getByRole('combobox', { name: 'Software' }).fill(NEEDED);
  await page.getByRole('option', { name: NEEDED }).click();
  await needs.getByRole('button', { name: 'Add it' }).click();
  await needs.waitFor({ state: 'hidden' });
  await page.getByRole('region', { name: 'What it needs first' }).getByRole('link', { name: NEEDED }).waitFor();

  // What the rule would do, and bring along, before it is one.
  await page.getByRole('button', { name: 'Deploy to all workstations' }).click();
  await page.getByRole('heading', { level: 1, name: 'New deployment' }).waitFor();
  const sentence = '7-Zip is to be installed in the latest version on workstations of every tenant, in every full session.';
  await page.getByText(sentence).waitFor();
  await page.getByText('2 computers would change: 2 gain a rule.').waitFor();
  for (const name of ['cnc-1', 'reception']) await page.getByRole('row', { name }).waitFor();
  const along = page.getByRole('listitem').filter({ hasText: 'because 7-Zip needs that first' });
  await along.getByRole('link', { name: NEEDED }).waitFor();
  expect(await along.innerText()).toContain('on 2 computers');
  await page.getByRole('textbox', { name: 'Reason' }).fill('Archives of customers come in all kinds');
  await page.getByRole('button', { name: 'Create: change 2 computers', exact: true }).click();

  await page.getByRole('heading', { level: 1, name: sentence }).waitFor();
  const rule = page.getByRole('region', { name: 'What it is' });
  await rule.getByText('Archives of customers come in all kinds').waitFor();
  await page.getByRole('radio', { name: 'Wins 2', exact: true }).waitFor({ state: 'attached' });

  // The copy begins as the title is, and says in what it differs by now.
  await rule.getByRole('link', { name: '7-Zip' }).click();
  await page.getByRole('button', { name: 'Copy to my software' }).click();
  const copy = page.getByRole('dialog', { name: 'Copy 7-Zip to my software' });
  await copy.getByRole('textbox', { name: 'Name' }).fill(COPY);
  await copy.getByRole('button', { name: 'Copy it' }).click();
  await page.getByRole('heading', { level: 1, name: COPY }).waitFor();
  await page.getByText('As both are now, they differ in its name.').waitFor();
  await page.getByRole('button', { name: 'Name the publisher' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Publisher' }).fill('Us');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('As both are now, they differ in its name and its publisher.').waitFor();

  await page.goto(`${demo.url}/software?whose=OWN`);
  const row = list.getByRole('row').filter({ hasText: COPY });
  await row.getByText('own, a copy that differs').waitFor();
});
