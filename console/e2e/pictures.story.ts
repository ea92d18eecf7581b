// The pictures of the README: `PICTURES=write npm run stories -- pictures` makes them anew; otherwise what they show is only looked for.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { ask } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');
const FOLDER = fileURLToPath(new URL(process.env.PICTURES === 'write' ? '../../docs/pictures/' : './out/', import.meta.url));
const SIZE = { width: 1100, height: 700 };

interface World {
  computers: { nodes: { uuid: string; name: string }[] };
  deployments: { nodes: { uuid: string; target: { text: string } }[] };
  sessions: { nodes: { uuid: string }[] };
}

test('why a computer has what it has, what a change would do, and a session', async () => {
  mkdirSync(FOLDER, { recursive: true });
  const world = await ask<World>(
    demo,
    '{ computers(first: 20) { nodes { uuid name } } deployments(first: 20) { nodes { uuid target { text } } } sessions(first: 1) { nodes { uuid } } }',
  );
  const page = await signedIn(demo, { viewport: SIZE });

  await page.goto(`${demo.url}/computers/${world.computers.nodes.find(({ name }) => name === 'cnc-1')?.uuid}`);
  await page.getByRole('button', { name: /^Why/ }).first().click();
  await page.getByText('wins: no other that applies is more specific').waitFor();
  await page.waitForFunction(() => !document.querySelector('main [aria-label="Loading"]'));
  await page.screenshot({ path: `${FOLDER}why.png` });

  const everywhere = world.deployments.nodes.find(({ target }) => target.text.includes('every tenant'));
  await page.goto(`${demo.url}/deployments/${everywhere?.uuid}?do=disable`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /2 computers/ }).waitFor();
  await page.screenshot({ path: `${FOLDER}what-would-change.png` });

  await page.goto(`${demo.url}/sessions/${world.sessions.nodes[0]?.uuid}`);
  await page.getByText('Passed').first().waitFor();
  await page.screenshot({ path: `${FOLDER}session.png` });
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Everything');
});
