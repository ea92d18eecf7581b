import { expect, test } from 'vitest';
import { isBefore } from '~/kit/live/position.ts';
import { LogPages, pageOf, type ReadLog } from './LogPages.ts';

const PART = 3;

/** A log that can grow, read three at a time. */
function log(count: number) {
  const positions = Array.from({ length: count }, (_, index) => String(index + 1));
  const part = (found: string[]) => ({
    events: found.slice(0, PART).map((position) => ({ position })),
    cursor: found.length > PART ? found[PART - 1] : undefined,
    position: positions.at(-1),
  });
  const read: ReadLog<{ position: string }> = {
    older: async (after) => part(positions.filter((position) => after === undefined || isBefore(position, after)).reverse()),
    newer: async (after) => part(positions.filter((position) => isBefore(after, position))),
  };
  const grow = (more: number) => {
    for (let step = 0; step < more; step += 1) positions.push(String(positions.length + 1));
  };
  return { read, grow };
}
const positionsOf = (events: readonly { position: string }[] | undefined) => events?.map(({ position }) => position);

test('the newest come first, older ones at the end, and the end is known when it is there', async () => {
  const pages = new LogPages(log(5).read);
  await pages.begin();
  expect([positionsOf(pages.shown.get().events), pages.shown.get().hasMore]).toEqual([['5', '4', '3'], true]);
  await pages.more();
  expect([positionsOf(pages.shown.get().events), pages.shown.get().hasMore]).toEqual([['5', '4', '3', '2', '1'], false]);
});

test('what is new waits until it is asked for', async () => {
  const { read, grow } = log(2);
  const pages = new LogPages(read);
  await pages.begin();
  grow(2);
  await pages.look();
  expect(positionsOf(pages.shown.get().events)).toEqual(['2', '1']);
  expect(positionsOf(pages.shown.get().fresh)).toEqual(['4', '3']);
  grow(1);
  await pages.look();
  expect(positionsOf(pages.shown.get().fresh)).toEqual(['5', '4', '3']);
  pages.show();
  expect(positionsOf(pages.shown.get().events)).toEqual(['5', '4', '3', '2', '1']);
});

test('where too much is new the log starts again, so that nothing between is left out', async () => {
  const { read, grow } = log(2);
  const pages = new LogPages(read);
  await pages.begin();
  grow(8);
  await pages.look();
  expect(pages.shown.get().hasMoreFresh).toBe(true);
  pages.show();
  await new Promise((resolve) => setTimeout(resolve));
  expect(positionsOf(pages.shown.get().events)).toEqual(['10', '9', '8']);
});

test('what fails leaves what was shown', async () => {
  const { read } = log(5);
  let isBroken = false;
  const broken = { code: 'OFFLINE', message: 'away', mayPass: true };
  const pages = new LogPages<{ position: string }>({ ...read, older: async (...asked) => (isBroken ? broken : read.older(...asked)) });
  await pages.begin();
  isBroken = true;
  await pages.more();
  expect([positionsOf(pages.shown.get().events), pages.shown.get().failure]).toEqual([['5', '4', '3'], broken]);
});

test('tables take it in pages', () => {
  expect([...pageOf(Array.from({ length: 101 }, (_, index) => index)).entries()].map(([page, rows]) => [page, rows.length])).toEqual([
    [0, 100],
    [1, 1],
  ]);
});
