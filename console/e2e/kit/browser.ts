// One browser; pages in which anything that goes wrong fails the test: a message on the console, an exception, a report of the policy.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { World } from './worlds.ts';

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

let browser: Browser;
const contexts: BrowserContext[] = [];
const faults: string[] = [];
let isOutage = false;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ARGUMENTS });
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  isOutage = false;
  expect(faults.splice(0), 'what the browser complained of').toEqual([]);
});

interface Options {
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
}

/** A page of a browser of its own, in which nobody is signed in. */
export async function stranger({ viewport = WIDE, colorScheme = 'light' }: Options = {}): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  contexts.push(context);
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isExpected(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  return page;
}

/** While a server is away the browser itself complains of connections. */
export function expectOutage() {
  isOutage = true;
}

function isExpected(text: string): boolean {
  // Whoever is not signed in is told so by 401, and whoever is asked first by 409, which the browser prints.
  if (text.includes('401') || text.includes('409')) return true;
  return isOutage && /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket|503|502/.test(text);
}

/** A page whose browser has shown a token. */
export async function signedIn(world: World, options: Options & { token?: string } = {}): Promise<Page> {
  const page = await stranger(options);
  const response = await page.request.post(`${world.url}/console/session`, { data: { token: options.token ?? world.token }, headers: { Origin: world.url } });
  expect(response.status(), await response.text()).toBe(200);
  return page;
}

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** What axe finds against WCAG 2.2 AA and its best practices; in words. */
export async function unreachable(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    async () =>
      (await (window as never as { axe: { run: (where: Document, options: object) => Promise<AxeResult> } }).axe.run(document, {
        resultTypes: ['violations'],
      })) as AxeResult,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`));
}

/** By how many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
