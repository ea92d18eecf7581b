import { expect, test } from 'vitest';
import { conflictsOf } from './conflictsOf.ts';

test('a conflict of two deployments is told once', () => {
  const with1 = (uuid: string, other: string) => ({ uuid, conflicts: { totalCount: 1, nodes: [{ deployment: { uuid: other } }] } });
  const peaceful = { uuid: 'c', conflicts: { totalCount: 0, nodes: [] } };
  expect(conflictsOf([with1('a', 'b'), peaceful, with1('b', 'a')]).map(({ uuid }) => uuid)).toEqual(['a']);
});
