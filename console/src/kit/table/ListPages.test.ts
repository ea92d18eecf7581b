import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AsOf } from '../live/moment.ts';
import { ListPages, type ReadPage } from './ListPages.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server with so many rows, at a position that grows with each reading of the newest. */
function server(total: number) {
  let position = 10;
  const asked: { skip: number; asOf: AsOf | undefined }[] = [];
  const read: ReadPage<string> = async (skip, first, asOf) => {
    asked.push({ skip, asOf });
    const at = asOf?.position ?? String(position++);
    const rows = Array.from({ length: Math.max(0, Math.min(first, total - skip)) }, (_, index) => `${skip + index}@${at}`);
    return { rows, total, position: at };
  };
  return { read, asked };
}

test('whatever is scrolled to is of the position that was shown first', async () => {
  const { read, asked } = server(100_000);
  const list = new ListPages(read, undefined);
  list.want(0, 40);
  await list.refresh();
  list.want(50_000, 50_040);
  await vi.advanceTimersByTimeAsync(100);
  expect(ListPages.at(list.shown.get(), 50_010)).toBe('50010@10');
  expect(asked.at(-1)).toEqual({ skip: 50_000, asOf: { position: '10' } });
});

test('a refresh swaps all pages of the window at once, at one new position', async () => {
  const { read } = server(1_000);
  const list = new ListPages(read, undefined);
  list.want(90, 130);
  await list.refresh();
  const positions: (string | undefined)[][] = [];
  list.shown.listen(() => positions.push([95, 105].map((index) => ListPages.at(list.shown.get(), index)?.split('@')[1])));
  await list.refresh();
  expect(positions.every(([one, other]) => one === other)).toBe(true);
  expect(ListPages.at(list.shown.get(), 95)).toBe('95@11');
});

test('of 1,000 pages that were passed 40 are kept', async () => {
  const { read } = server(100_000);
  const list = new ListPages(read, undefined);
  await list.refresh();
  for (let from = 0; from < 100_000; from += 1_000) {
    list.want(from, from + 40);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(list.shown.get().pages.size).toBe(40);
  expect(ListPages.at(list.shown.get(), 99_010)).toBe('99010@10');
});

test('what fails leaves what was shown, and says so', async () => {
  const { read } = server(200);
  let isBroken = false;
  const broken = { code: 'OFFLINE', message: 'away', mayPass: true };
  const list = new ListPages<string>(async (...asked) => (isBroken ? broken : read(...asked)), undefined);
  await list.refresh();
  isBroken = true;
  await list.refresh();
  expect(list.shown.get()).toMatchObject({ failure: broken, total: 200, isReading: false });
  expect(ListPages.at(list.shown.get(), 3)).toBe('3@10');
});

test('where a position is out of reach the list starts again', async () => {
  const { read } = server(1_000);
  const list = new ListPages<string>(async (skip, first, asOf, signal) => {
    if (asOf?.position === '10') return { code: 'POSITION_NOT_AVAILABLE', message: 'gone', mayPass: false };
    return read(skip, first, asOf, signal);
  }, undefined);
  await list.refresh();
  list.want(500, 540);
  await vi.advanceTimersByTimeAsync(100);
  expect(ListPages.at(list.shown.get(), 510)).toBe('510@11');
});
