// A rule for a whole fleet: its number is shown, typed and confirmed, and if the world moves meanwhile, the new number is what counts.
import { afterEach, expect, inject, test } from 'vitest';
import { ask, change } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';

const fleet = inject('fleet');
/** One of the fleet's twenty, "tenant 7". */
const TENANT = '00000000-0010-7000-8000-000000000007';

interface Fleet {
  computers: { totalCount: number };
  inTenant: { totalCount: number };
}

const exclude = (isExcluded: boolean, confirmImpact: number) =>
  change(
    fleet,
    'mutation ($input: SetTenantCrossTenantExclusionInput!) { done: setTenantCrossTenantExclusion(input: $input) { userErrors { code message } } }',
    { input: { id: TENANT, isExcluded, confirmImpact } },
  );

/** What the exclusion reaches at the moment, as whoever makes it has to say. */
async function reach(isExcluded: boolean): Promise<number> {
  const { previewChange } = await ask<{ previewChange: { difference: { computerCount: number } } }>(
    fleet,
    'query ($change: PreviewInput!) { previewChange(change: $change) { difference { computerCount } } }',
    { change: { setTenantCrossTenantExclusion: { id: TENANT, isExcluded } } },
  );
  return previewChange.difference.computerCount;
}

const made: string[] = [];
afterEach(async () => {
  await exclude(false, await reach(false));
  for (const id of made.splice(0)) {
    const { deployment } = await ask<{ deployment: { outcomes: { totalCount: number } } }>(
      fleet,
      'query ($id: ID!) { deployment(id: $id) { outcomes(outcome: WINS, first: 1) { totalCount } } }',
      { id },
    );
    await change(fleet, 'mutation ($input: DeleteDeploymentInput!) { done: deleteDeployment(input: $input) { userErrors { code message } } }', {
      input: { id, confirmImpact: deployment.outcomes.totalCount },
    });
  }
});

test('a rule for every tenant says how many computers it changes, and the number that moved is told', { timeout: 120_000 }, async () => {
  const { computers, inTenant } = await ask<Fleet>(
    fleet,
    'query ($id: ID!) { computers(first: 1) { totalCount } inTenant: computers(filter: { tenantId: $id }, first: 1) { totalCount } }',
    { id: TENANT },
  );
  const all = computers.totalCount;
  const fewer = all - inTenant.totalCount;
  expect(fewer, 'the other one changes something').toBeLessThan(all);
  const name = `Story ${Date.now()}`;
  await change(fleet, 'mutation ($input: CreateSoftwareInput!) { done: createSoftware(input: $input) { userErrors { code message } } }', {
    input: { name, detection: { text: 'exit 0' } },
  });

  const page = await signedIn(fleet);
  page.setDefaultTimeout(30_000);
  await page.goto(`${fleet.url}/deployments`);
  await page.getByRole('button', { name: 'New deployment' }).click();
  await page.getByText('To save it, choose the software or the task.').waitFor();
  expect(await page.getByRole('button', { name: /^Create/ }).count(), 'half a rule cannot be saved').toBe(0);
  await page.getByRole('combobox', { name: 'Software or task' }).fill(name);
  await page.getByRole('option', { name }).click();
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Uninstalled' }).click();
  await page.getByText(`${name} is to be uninstalled on all computers of every tenant, in every full session.`).waitFor();

  // How many, in words, by tenant, and on the button, which does nothing yet.
  await page.getByText(`${words(all)} would change`).waitFor();
  await page.getByRole('button', { name: `tenant 7 ${inTenant.totalCount.toLocaleString('en')}`, exact: true }).waitFor();
  const create = page.getByRole('button', { name: `Create: change ${words(all)}`, exact: true });
  expect(await create.isDisabled(), 'so many have to be typed first').toBe(true);
  const confirmation = page.getByRole('textbox', { name: `Type ${all} to confirm` });
  await confirmation.fill(String(all - 1));
  expect(await create.isDisabled(), 'another number confirms nothing').toBe(true);
  await confirmation.fill(String(all));
  expect(await create.isEnabled()).toBe(true);

  // Somebody else takes a tenant out, before the button is pressed.
  await exclude(true, await reach(true));
  await page.getByText(`The world moved meanwhile: it was ${words(all)} before, it is ${words(fewer)} now.`).waitFor();
  const now = page.getByRole('button', { name: `Create: change ${words(fewer)}`, exact: true });
  expect(await now.isDisabled(), 'what was typed confirmed the number before').toBe(true);
  expect(await create.count()).toBe(0);
  await page.getByRole('textbox', { name: `Type ${fewer} to confirm` }).fill(String(fewer));
  await page.getByRole('textbox', { name: 'Reason' }).fill('Nobody pays for it any more');
  await now.click();

  await page.getByRole('heading', { level: 1, name: `${name} is to be uninstalled on all computers of every tenant, in every full session.` }).waitFor();
  await page.getByRole('radio', { name: `Wins ${fewer.toLocaleString('en')}`, exact: true }).waitFor({ state: 'attached' });
  await page.getByText('Nobody pays for it any more').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  made.push(id);
  const { deployment } = await ask<{ deployment: { outcomes: { totalCount: number } } }>(
    fleet,
    'query ($id: ID!) { deployment(id: $id) { outcomes(outcome: WINS, first: 1) { totalCount } } }',
    { id },
  );
  expect(deployment.outcomes.totalCount).toBe(fewer);
});

function words(computers: number): string {
  return `${computers.toLocaleString('en')} computers`;
}
