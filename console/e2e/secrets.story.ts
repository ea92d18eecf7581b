// A secret from its field to a script on a computer, and another one in its place: no page holds what it is.
import { afterEach, expect, inject, test } from 'vitest';
import { ask, change, idOf } from './kit/api.ts';
import { NARROW, overflow, signedIn, unreachable, WIDE } from './kit/browser.ts';

const demo = inject('demo');
/** What a story makes has names of its own: nobody deletes tasks. */
const SECRET = `Domain join ${Date.now()}`;
const TASK = `Join the domain ${Date.now()}`;
/** Secrets reach a script by its standard input; it tells how long what it was told is. */
const GET = 'key=$(sed \'s/.*"Key":"\\([^"]*\\)".*/\\1/\'); printf %s "$key" | wc -c > "$UPKEEP_RESULT"';
const FIRST = 'hush-4711';
const SECOND = 'hush-the-second-one';

const deployments: string[] = [];

afterEach(async () => {
  for (const id of deployments.splice(0)) {
    await change(demo, 'mutation ($id: ID!) { done: deleteDeployment(input: { id: $id }) { userErrors { code message } } }', { id });
  }
});

async function taskThatGets(): Promise<string> {
  const { made } = await change<Record<'made', { task: { uuid: string }; userErrors: [] }>>(
    demo,
    'mutation ($name: String!) { made: createTask(input: { name: $name }) { task { uuid } userErrors { code message } } }',
    { name: TASK },
  );
  const id = made.task.uuid;
  await change(
    demo,
    'mutation ($id: ID!, $text: String!) { set: setTaskScript(input: { id: $id, role: GET, script: { text: $text } }) { userErrors { code message } } }',
    { id, text: GET },
  );
  return id;
}

interface Values {
  task: { values: { nodes: { value: unknown }[] } };
}

test('a secret is made, told to a task, run on a computer and replaced, and nobody reads it', { timeout: 180_000 }, async () => {
  const task = await taskThatGets();
  const tablet = await idOf(demo, 'computers', 'warehouse-tablet');
  const page = await signedIn(demo);
  const dialog = page.getByRole('dialog');
  const isSaid = async () => [FIRST, SECOND].some((secret) => page.url().includes(secret)) || /hush/.test(await page.content());
  const maintain = () =>
    change(
      demo,
      'mutation ($task: ID!, $computer: ID!) { done: startSession(input: { computerId: $computer, taskId: $task }) { userErrors { code message } } }',
      { task, computer: tablet },
    );
  const told = async () =>
    (await ask<Values>(demo, 'query ($id: ID!) { task(id: $id) { values(first: 1) { nodes { value } } } }', { id: task })).task.values.nodes[0]?.value;

  await page.goto(demo.url);
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Add a secret' }).first().click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill(SECRET);
  const field = dialog.getByRole('textbox', { name: 'Secret', exact: true });
  expect(await field.getAttribute('autocomplete')).toBe('new-password');
  await field.fill(FIRST);
  expect(await isSaid(), 'while it is written').toBe(false);
  expect(await unreachable(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page
    .getByRole('row', { name: new RegExp(`^${SECRET}`) })
    .getByText('no deployment')
    .waitFor();
  expect(await isSaid()).toBe(false);

  await page.goto(`${demo.url}/tasks/${task}?tab=parameters`);
  await page.getByRole('button', { name: 'Define parameters' }).click();
  await dialog.getByRole('button', { name: 'Add a parameter' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Key');
  await dialog.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Secret' }).click();
  expect(await dialog.getByRole('textbox', { name: 'Default' }).count(), 'a secret has no default').toBe(0);
  await dialog.getByRole('checkbox', { name: 'Required' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('rowheader', { name: 'Key' }).waitFor();

  await page.getByRole('button', { name: 'Deploy it' }).click();
  await page.getByText('Still missing: a value for Key.').waitFor();
  await page.getByRole('combobox', { name: 'Key' }).fill('Domain join');
  await page.getByRole('option', { name: SECRET }).click();
  await page.getByText(`It tells the task Key: the secret ${SECRET}.`).waitFor();
  await page.getByText('One computer', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Computer', exact: true }).fill('warehouse');
  await page.getByRole('option', { name: 'warehouse-tablet' }).click();
  await page.getByRole('button', { name: 'Create: change 1 computer' }).waitFor();
  expect(await unreachable(page)).toEqual([]);
  await page.setViewportSize(NARROW);
  expect(await overflow(page)).toBe(0);
  await page.setViewportSize(WIDE);
  await page.getByRole('button', { name: 'Create: change 1 computer' }).click();
  await page.getByRole('heading', { level: 1, name: /is to be monitored on/ }).waitFor();
  deployments.push(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  await page.getByText(`Key: the secret ${SECRET}`).first().waitFor();

  await maintain();
  await expect.poll(told, { message: 'the script was told the first one', timeout: 60_000 }).toBe(FIRST.length);

  await page.goto(`${demo.url}/secrets`);
  const row = page.getByRole('row', { name: new RegExp(`^${SECRET}`) });
  await row.getByRole('link', { name: 'the computer warehouse-tablet' }).waitFor();
  await row.getByRole('button', { name: `Change ${SECRET}` }).click();
  await page.getByText('Remove: deployments tell this secret').waitFor();
  await page.getByRole('menuitem', { name: 'Replace…' }).click();
  await dialog.getByRole('textbox', { name: 'New secret' }).fill(SECOND);
  await dialog.getByRole('button', { name: 'Replace it' }).click();
  await dialog.waitFor({ state: 'hidden' });
  expect(await isSaid()).toBe(false);

  await maintain();
  await expect.poll(told, { message: 'the script was told the second one', timeout: 60_000 }).toBe(SECOND.length);

  await page.goto(`${demo.url}/events?types=SecretReplaced`);
  await page.getByText('Secret replaced').first().waitFor();
  expect(await isSaid()).toBe(false);
  await page.goto(`${demo.url}/tasks/${task}?tab=values`);
  await page.getByText(String(SECOND.length), { exact: true }).first().waitFor();
  expect(await isSaid()).toBe(false);
});
