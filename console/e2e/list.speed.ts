// How smooth a long list is, on this machine: printed, not judged. `FLEET=100000 npm run speed` makes the fleet as long as the promise.
import { expect, inject, test } from 'vitest';
import { signedIn } from './kit/browser.ts';

const fleet = inject('fleet');
const SPAN = 5_000;

interface Frames {
  count: number;
  p95: number;
  worst: number;
  over50: number;
}

test.each([
  ['slowly', 20],
  ['faster than a hand', 600],
])('scrolling %s', async (how, step) => {
  const page = await signedIn(fleet);
  await page.goto(`${fleet.url}/computers`);
  await page.getByRole('table').waitFor();
  await page.getByRole('row').nth(5).waitFor();
  const frames: Frames = await page.evaluate(
    async ([span, step]) => {
      const scroller = document.querySelector('[role="table"]') as HTMLElement;
      const times: number[] = [];
      const end = performance.now() + span;
      let before = performance.now();
      while (performance.now() < end) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - before);
        before = now;
        scroller.scrollTop += step;
      }
      times.sort((one, other) => one - other);
      return {
        count: times.length,
        p95: times[Math.floor(times.length * 0.95)] ?? 0,
        worst: times.at(-1) ?? 0,
        over50: times.filter((time) => time > 50).length,
      };
    },
    [SPAN, step] as const,
  );
  process.stdout.write(
    `scrolling ${how}: ${frames.count} frames, p95 ${frames.p95.toFixed(1)} ms, worst ${frames.worst.toFixed(1)} ms, ${frames.over50} over 50 ms\n`,
  );
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
