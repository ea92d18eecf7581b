import { expect, test } from 'vitest';
import { isSame, type Place, placeAt, placeOf, placeWords, type SortedList, scrollAt, stepped } from './places.ts';

const LISTS: readonly SortedList[] = [
  { id: 'first', title: 'First', isOrdered: true, items: ['a', 'b', 'c'] },
  { id: 'rest', title: 'Rest', isOrdered: false, items: ['x', 'y'] },
  { id: 'last', title: 'Last', isOrdered: true, items: ['z'] },
];

test('where it stands is before the next one, behind all, or just in its list', () => {
  expect(placeOf(LISTS, 'a')).toEqual({ list: 'first', before: 'b' });
  expect(placeOf(LISTS, 'c')).toEqual({ list: 'first', before: undefined });
  expect(placeOf(LISTS, 'x')).toEqual({ list: 'rest', before: undefined });
});

test('arrows go through a list, over its end into the next, and stop at the very ends', () => {
  const way: (string | undefined)[] = [];
  let place = placeOf(LISTS, 'a') as Place;
  for (let step = 0; step < 6; step += 1) {
    place = stepped(LISTS, 'a', place, 'ArrowDown');
    way.push(`${place.list} ${place.before}`);
  }
  expect(way).toEqual(['first c', 'first undefined', 'rest undefined', 'last z', 'last undefined', 'last undefined']);
  expect(stepped(LISTS, 'a', placeOf(LISTS, 'a') as Place, 'ArrowUp')).toEqual(placeOf(LISTS, 'a'));
});

test('up comes in at the end of the list above, sideways as well', () => {
  expect(stepped(LISTS, 'x', { list: 'rest', before: undefined }, 'ArrowUp')).toEqual({ list: 'first', before: undefined });
  expect(stepped(LISTS, 'a', { list: 'first', before: 'b' }, 'ArrowRight')).toEqual({ list: 'rest', before: undefined });
  expect(stepped(LISTS, 'x', { list: 'rest', before: undefined }, 'ArrowRight')).toEqual({ list: 'last', before: undefined });
});

test('a point is before the first whose middle is below it', () => {
  const lists = { first: 0, rest: 100, last: 200 };
  const rows: Record<string, number> = { a: 10, b: 30, c: 50, z: 10 };
  const boxOf = (kind: 'list' | 'item', id: string) => {
    if (kind === 'list') return { top: 0, bottom: 100, left: lists[id as keyof typeof lists], right: lists[id as keyof typeof lists] + 90 };
    const top = rows[id];
    return top === undefined ? undefined : { top, bottom: top + 20, left: 0, right: 90 };
  };
  expect(placeAt(LISTS, 'x', { x: 5, y: 25 }, boxOf)).toEqual({ list: 'first', before: 'b' });
  expect(placeAt(LISTS, 'x', { x: 5, y: 99 }, boxOf)).toEqual({ list: 'first', before: undefined });
  expect(placeAt(LISTS, 'a', { x: 150, y: 50 }, boxOf)).toEqual({ list: 'rest', before: undefined });
  expect(placeAt(LISTS, 'a', { x: 95, y: 50 }, boxOf)).toBeUndefined();
  // Over itself it stays where it is.
  expect(isSame(placeAt(LISTS, 'b', { x: 5, y: 42 }, boxOf), placeOf(LISTS, 'b'))).toBe(true);
});

test('a place in words', () => {
  expect(placeWords(LISTS, 'a', { list: 'last', before: 'z' })).toBe('Last, place 1 of 2');
  expect(placeWords(LISTS, 'a', { list: 'first', before: undefined })).toBe('First, place 3 of 3');
  expect(placeWords(LISTS, 'a', { list: 'rest', before: undefined })).toBe('Rest');
});

test('near an edge it scrolls, the nearer the faster', () => {
  const window = { top: 40, bottom: 800 };
  expect([scrollAt(400, window), scrollAt(60, window), scrollAt(800, window), scrollAt(2000, window)]).toEqual([0, -7, 12, 12]);
});
