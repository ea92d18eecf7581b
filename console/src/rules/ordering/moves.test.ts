import { expect, test } from 'vitest';
import { back, down, movedOf, placed, up } from './moves.ts';

const IDS = ['a', 'b', 'c'];

test('up is before the one above, and the first has none', () => {
  expect(up('BEGINNING', IDS, 2)).toEqual({ itemId: 'c', to: 'BEGINNING', beforeId: 'b' });
  expect(up('BEGINNING', IDS, 0)).toBeUndefined();
});

test('down is before the one after the next, or behind all', () => {
  expect(down('END', IDS, 0)).toEqual({ itemId: 'a', to: 'END', beforeId: 'c' });
  expect(down('END', IDS, 1)).toEqual({ itemId: 'b', to: 'END', beforeId: undefined });
  expect(down('END', IDS, 2)).toBeUndefined();
});

test('the way back is to where it stood', () => {
  expect(back('b', { BEGINNING: IDS, END: [] })).toEqual({ itemId: 'b', to: 'BEGINNING', beforeId: 'c' });
  expect(back('x', { BEGINNING: IDS, END: [] })).toEqual({ itemId: 'x', to: 'UNORDERED' });
});

test('a move is seen before the server has told of it', () => {
  const lists = { BEGINNING: IDS, END: ['z'] };
  expect(placed(lists, { itemId: 'c', to: 'BEGINNING', beforeId: 'a' })).toEqual({ BEGINNING: ['c', 'a', 'b'], END: ['z'] });
  expect(placed(lists, { itemId: 'b', to: 'END' })).toEqual({ BEGINNING: ['a', 'c'], END: ['z', 'b'] });
  expect(placed(lists, { itemId: 'z', to: 'UNORDERED' })).toEqual({ BEGINNING: IDS, END: [] });
  expect(placed(lists, { itemId: 'z', to: 'BEGINNING', beforeId: 'gone' }).BEGINNING).toEqual(['a', 'b', 'c', 'z']);
});

test('an event tells what was moved where', () => {
  expect(movedOf({ item: { kind: 'software', id: 'a' }, to: 'beginning', before: null })).toEqual({
    itemId: 'a',
    to: 'BEGINNING',
    beforeId: undefined,
    isSoftware: true,
  });
  expect(movedOf({ to: 'somewhere' })).toBeUndefined();
});
