import { expect, test } from 'vitest';
import { forestOf, pruned, rowsOf, sums } from './tree.ts';

const PLACES = [
  { name: 'Vienna', above: 'Austria', computers: 3 },
  { name: 'Austria', above: undefined, computers: 1 },
  { name: 'Graz', above: 'Austria', computers: 2 },
  { name: 'Lend', above: 'Graz', computers: 5 },
  { name: 'Alone', above: 'out of sight', computers: 7 },
];
const forest = forestOf(
  PLACES,
  ({ name }) => name,
  ({ above }) => above,
);

test('what is below is under what it names; what names nobody that is here is at the top', () => {
  const rows = rowsOf(forest, () => true);
  expect(rows.map(({ key, level }) => `${level} ${key}`)).toEqual(['1 Austria', '2 Vienna', '2 Graz', '3 Lend', '1 Alone']);
  expect(rows[2]).toMatchObject({ isOpen: true, place: 2, ofSize: 2 });
  expect(rows[1]?.isOpen).toBeUndefined();
});

test('what is closed hides what is below it', () => {
  expect(rowsOf(forest, (key) => key !== 'Graz').map(({ key }) => key)).toEqual(['Austria', 'Vienna', 'Graz', 'Alone']);
});

test('what matches is shown with what leads to it', () => {
  const found = pruned(forest, ({ name }) => name === 'Lend');
  expect(rowsOf(found, () => true).map(({ key }) => key)).toEqual(['Austria', 'Graz', 'Lend']);
});

test('a sum has all that is below', () => {
  expect([...sums(forest, ({ computers }) => computers)]).toEqual(
    expect.arrayContaining([
      ['Austria', 11],
      ['Graz', 7],
      ['Vienna', 3],
    ]),
  );
});
