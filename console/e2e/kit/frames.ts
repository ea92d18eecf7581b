// How smoothly something scrolls, in a real browser.
import type { Page } from 'playwright-core';

/** How long it is scrolled, in milliseconds. */
const SPAN = 5_000;

export interface Frames {
  count: number;
  p95: number;
  worst: number;
  over50: number;
}

/** Scrolls an element by so many pixels a frame; at its end it begins anew. */
export async function framesOf(page: Page, selector: string, step: number): Promise<Frames> {
  return page.evaluate(
    async ([selector, step, span]) => {
      const scroller = document.querySelector(selector) as HTMLElement;
      const times: number[] = [];
      const end = performance.now() + span;
      let before = performance.now();
      while (performance.now() < end) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        times.push(now - before);
        before = now;
        const isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
        scroller.scrollTop = isAtEnd ? 0 : scroller.scrollTop + step;
      }
      times.sort((one, other) => one - other);
      return {
        count: times.length,
        p95: times[Math.floor(times.length * 0.95)] ?? 0,
        worst: times.at(-1) ?? 0,
        over50: times.filter((time) => time > 50).length,
      };
    },
    [selector, step, SPAN] as const,
  );
}

export function report(what: string, { count, p95, worst, over50 }: Frames) {
  process.stdout.write(`${what}: ${count} frames, p95 ${p95.toFixed(1)} ms, worst ${worst.toFixed(1)} ms, ${over50} over 50 ms\n`);
}
