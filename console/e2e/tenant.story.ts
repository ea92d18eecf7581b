// A change of a thing by its dialog: what it would do is asked while it is typed, its reason stays, and it can be taken back.
import { expect, inject, test } from 'vitest';
import { ask } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const demo = inject('demo');

test('a tenant is renamed with a reason, and called as before again', async () => {
  const { tenants } = await ask<{ tenants: { nodes: { uuid: string }[] } }>(demo, '{ tenants(filter: { nameContains: "Fabrikam" }) { nodes { uuid } } }');
  const uuid = tenants.nodes[0]?.uuid;
  const page = await signedIn(demo);
  await page.goto(`${demo.url}/tenants/${uuid}`);
  await page.getByRole('button', { name: 'Rename' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Fabrikam Foods');
  await dialog.getByText('Nothing changes now').waitFor();
  await dialog.getByLabel('Reason').fill('They merged');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { level: 1, name: 'Fabrikam Foods' }).waitFor();
  const { events } = await ask<{ events: { nodes: { type: string; reason: string }[] } }>(
    demo,
    'query ($stream: String!) { events(first: 1, orderBy: { field: RECORDED_AT, direction: DESC }, filter: { stream: $stream }) { nodes { type reason } } }',
    { stream: `tenant-${uuid}` },
  );
  expect(events.nodes[0]).toMatchObject({ reason: 'They merged' });

  await page.getByRole('button', { name: /Undo/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Fabrikam', exact: true }).waitFor();
});
