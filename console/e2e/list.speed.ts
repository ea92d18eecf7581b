// How smooth a long list is, on this machine: printed, not judged. `FLEET=100000 npm run speed` makes the fleet as long as the promise.
import { expect, inject, test } from 'vitest';
import { signedIn } from './kit/browser.ts';
import { framesOf, report } from './kit/frames.ts';

const fleet = inject('fleet');
test.each([
  ['slowly', 20],
  ['faster than a hand', 600],
])('scrolling %s', async (how, step) => {
  const page = await signedIn(fleet);
  await page.goto(`${fleet.url}/computers`);
  await page.getByRole('table').waitFor();
  await page.getByRole('row').nth(5).waitFor();
  const frames = await framesOf(page, '[role="table"]', step);
  report(`scrolling ${how}`, frames);
  expect(frames.count).toBeGreaterThan(0);
});

test('from a click to the painted list', async () => {
  const page = await signedIn(fleet);
  await page.goto(`${fleet.url}/tags`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const times: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    await page.getByRole('link', { name: 'Tags' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Tags' }).waitFor();
    const took = await page.evaluate(async () => {
      const link = [...document.querySelectorAll('nav a')].find((each) => each.textContent === 'Computers') as HTMLElement;
      const begin = performance.now();
      link.click();
      while (!document.querySelector('[role="table"] [role="cell"] a')) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    });
    times.push(took);
  }
  times.sort((one, other) => one - other);
  process.stdout.write(`from a click to the painted list: median ${times[5]?.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms\n`);
  expect(times).toHaveLength(10);
});
