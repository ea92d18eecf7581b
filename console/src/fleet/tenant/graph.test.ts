import { expect, test } from 'vitest';
import { COLUMN, placed, ROW } from './graph.ts';

test('who is above stands in the middle of those below, and nobody on anybody', () => {
  const leaf = (key: string) => ({ key, record: key, children: [] });
  const all = placed([{ key: 'a', record: 'a', children: [leaf('b'), leaf('c')] }, leaf('d')]);
  expect(Object.fromEntries(all.map(({ key, x, y }) => [key, [x, y]]))).toEqual({
    a: [0, ROW / 2],
    b: [COLUMN, 0],
    c: [COLUMN, ROW],
    d: [0, 2 * ROW],
  });
});
