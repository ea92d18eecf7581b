// How smooth the tree of tenants is with thousands of them, on this machine: printed, not judged.
import { beforeAll, expect, inject, test } from 'vitest';
import { ask } from './kit/api.ts';
import { signedIn } from './kit/browser.ts';
import { framesOf, report } from './kit/frames.ts';

const fleet = inject('fleet');
const CUSTOMERS = 200;
const BRANCHES = 9;
/** Changes that are on their way at once. */
const AT_ONCE = 8;

async function create(name: string, parentId?: string): Promise<string> {
  const { made } = await ask<{ made: { tenant: { uuid: string } } }>(
    fleet,
    'mutation ($input: CreateTenantInput!) { made: createTenant(input: $input) { tenant { uuid } userErrors { message } } }',
    { input: { name, parentId } },
  );
  return made.tenant.uuid;
}

beforeAll(async () => {
  const names = Array.from({ length: CUSTOMERS }, (_, index) => `Customer ${String(index).padStart(4, '0')}`);
  const work = async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      const parent = await create(name);
      for (let branch = 0; branch < BRANCHES; branch++) await create(`Branch ${branch} of ${name}`, parent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 300_000);

test.each([
  ['slowly', 20],
  ['faster than a hand', 600],
])('scrolling %s, all open', async (how, step) => {
  const page = await signedIn(fleet);
  await page.goto(`${fleet.url}/tenants?name=customer`);
  await page.getByRole('treegrid').getByRole('row').nth(5).waitFor();
  const frames = await framesOf(page, '[role="treegrid"]', step);
  report(`the tree, scrolling ${how}`, frames);
  expect(frames.count).toBeGreaterThan(0);
});
