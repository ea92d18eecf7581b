// A task from its first script to what its sessions found: enforced on one computer, monitored on all.
import { expect, inject, test } from 'vitest';
import { ask, change } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');

const TEST = 'if [ -f "$UPKEEP_ROOT/greeting" ]; then echo true; else echo false; fi';
const SET = 'touch "$UPKEEP_ROOT/greeting"';

interface Computers {
  computers: { nodes: { uuid: string; name: string }[] };
}

async function computer(name: string): Promise<string> {
  const { computers } = await ask<Computers>(demo, '{ computers { nodes { uuid name } } }');
  const found = computers.nodes.find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found.uuid;
}

test('a technician writes a task, has it enforced on one computer, and sees that it was set', { timeout: 120_000 }, async () => {
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/tasks`);
  await page.getByRole('button', { name: 'Add a task' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Greeting');
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Greeting' }).waitFor();
  await page.getByText('It has no script for any mode yet').waitFor();

  for (const [part, script] of [
    ['Test', TEST],
    ['Set', SET],
  ] as const) {
    await page.getByRole('link', { name: part, exact: true }).click();
    await page.getByRole('heading', { name: `${part} script` }).waitFor();
    await page.getByRole('button', { name: 'Write it' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Text' }).fill(script);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Edit' }).waitFor();
  }
  await page.getByText('Can be enforced').waitFor();
  await page.getByText('Cannot be monitored').waitFor();

  await page.getByRole('button', { name: 'Deploy it' }).click();
  await page.getByText('It cannot be monitored: it has no get script.').waitFor();
  await page.getByText('One computer', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Computer', exact: true }).fill('ceo');
  await page.getByRole('option', { name: 'ceo-laptop' }).click();
  await page.getByText('Greeting is to be enforced on the computer ceo-laptop, in every full session.').waitFor();
  await page.getByRole('button', { name: 'Create: change 1 computer' }).click();
  await page.getByRole('heading', { level: 1, name: /^Greeting is to be enforced on/ }).waitFor();

  await page.goto(`${demo.url}/computers/${await computer('ceo-laptop')}`);
  await page.getByRole('button', { name: 'Run Greeting' }).click();
  await page.getByRole('dialog').getByText('Greeting is to be enforced').waitFor();
  await page.getByRole('button', { name: 'Start the session' }).click();
  await page.getByRole('link', { name: 'Watch it' }).click();
  await page.getByText('It was set, and its test says that it is as it should be now').waitFor();
  for (const purpose of ['Test', 'Set', 'Test again']) await page.getByRole('rowheader', { name: purpose, exact: true }).waitFor();

  await page.getByRole('link', { name: 'Greeting', exact: true }).first().click();
  await page.getByRole('tab', { name: 'Computers' }).click();
  await page.getByText('1 is as wanted').waitFor();
  await page.getByText('As it should be', { exact: true }).waitFor();
});

type Made = Record<'made', { task: { uuid: string }; userErrors: [] }>;

test('what monitoring collected is a list, a history and a column', { timeout: 120_000 }, async () => {
  const { made } = await change<Made>(demo, 'mutation { made: createTask(input: { name: "Lucky number" }) { task { uuid } userErrors { code message } } }');
  const task = made.task.uuid;
  const reception = await computer('reception');
  await change(
    demo,
    `mutation ($task: ID!, $computer: ID!) {
      script: setTaskScript(input: { id: $task, role: GET, script: { text: "echo 7" } }) { userErrors { code message } }
      rule: createDeployment(input: { taskId: $task, desired: { kind: MONITOR }, target: { scope: { crossTenant: true } } }) { userErrors { code message } }
      session: startSession(input: { computerId: $computer, taskId: $task }) { userErrors { code message } }
    }`,
    { task, computer: reception },
  );
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/tasks/${task}?tab=values`);
  await page.getByRole('cell', { name: '7', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Earlier values of reception' }).click();
  await page.getByRole('heading', { name: 'Values over time on reception' }).waitFor();

  await page.goto(`${demo.url}/computers`);
  await page.getByRole('combobox', { name: 'Task whose value is a column' }).fill('lucky');
  await page.getByRole('option', { name: 'Lucky number' }).click();
  await page.getByRole('link', { name: '7', exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get('value')).toBe(task);
});
