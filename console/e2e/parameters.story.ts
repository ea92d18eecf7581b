// What a task can be told, from its definition to what its script made of it on a computer.
import { afterEach, expect, inject, test } from 'vitest';
import { change, idOf } from './kit/api.ts';
import { overflow, signedIn, unreachable } from './kit/browser.ts';

const demo = inject('demo');
/** What a story makes has a name of its own: nobody deletes tasks. */
const TASK = `Log forwarding ${Date.now()}`;
const GET = 'printf \'"%s:%s"\' "$UPKEEP_PARAMETER_SERVER" "$UPKEEP_PARAMETER_PORT" > "$UPKEEP_RESULT"';

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

test('a technician defines what a task can be told, tells it in a deployment, and sees what came of it', { timeout: 180_000 }, async () => {
  const task = await taskThatGets();
  const tablet = await idOf(demo, 'computers', 'warehouse-tablet');
  const page = await signedIn(demo);
  const dialog = page.getByRole('dialog');

  await page.goto(`${demo.url}/tasks/${task}?tab=parameters`);
  await page.getByRole('button', { name: 'Define parameters' }).click();
  await dialog.getByRole('button', { name: 'Add a parameter' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Server');
  await dialog.getByRole('textbox', { name: 'Label' }).fill('Log server');
  await dialog.getByRole('textbox', { name: 'Pattern' }).fill('[a-z0-9.-]+');
  await dialog.getByRole('checkbox', { name: 'Required' }).check();
  await dialog.getByRole('button', { name: 'Add another parameter' }).click();
  const port = dialog.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Remove (Port|New parameter)$/ }) });
  await port.getByRole('textbox', { name: 'Name', exact: true }).fill('Port');
  await port.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Number' }).click();
  await port.getByRole('textbox', { name: 'At most' }).fill('100');
  await port.getByRole('textbox', { name: 'Default' }).fill('514');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await port.getByText('514 is too large: give at most 100').waitFor();
  await port.getByRole('textbox', { name: 'At most' }).fill('65535');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('rowheader', { name: 'Log server Server' }).waitFor();
  expect(await unreachable(page)).toEqual([]);

  // The form follows from the definition, and what does not fit is said beside its field.
  await page.getByRole('button', { name: 'Deploy it' }).click();
  await page.getByText('Still missing: a value for Log server.').waitFor();
  const server = page.getByRole('textbox', { name: 'Log server' });
  await server.fill('Logs');
  await page.getByText('does not match [a-z0-9.-]+').waitFor();
  await server.fill('logs.example');
  await page.getByText('It tells the task Server: "logs.example".').waitFor();
  await page.getByText('One computer', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Computer', exact: true }).fill('warehouse');
  await page.getByRole('option', { name: 'warehouse-tablet' }).click();
  await page.getByRole('button', { name: 'Create: change 1 computer' }).waitFor();
  expect(await unreachable(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Create: change 1 computer' }).click();
  await page.getByRole('heading', { level: 1, name: /is to be monitored on/ }).waitFor();
  deployments.push(new URL(page.url()).pathname.split('/').at(-1) ?? '');
  await page.getByText('Server: "logs.example"').first().waitFor();

  await change(
    demo,
    'mutation ($task: ID!, $computer: ID!) { done: startSession(input: { computerId: $computer, taskId: $task }) { userErrors { code message } } }',
    { task, computer: tablet },
  );
  await page.goto(`${demo.url}/tasks/${task}?tab=values`);
  await page.getByText('logs.example:514').waitFor({ timeout: 60_000 });

  // What a deployment tells stands in the way of a definition without it; the deployment is a tab away.
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await page.getByRole('button', { name: 'Change the parameters' }).click();
  await dialog.getByRole('button', { name: 'Remove Server' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  const refusal = dialog.getByRole('alert');
  await refusal.getByText('PARAMETERS_IN_USE').waitFor();
  const link = refusal.getByRole('link', { name: 'the computer warehouse-tablet' });
  await link.waitFor();
  expect(await link.getAttribute('href')).toBe(`/deployments/${deployments[0]}/edit`);
});
