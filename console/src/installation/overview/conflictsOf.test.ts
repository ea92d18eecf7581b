import { expect, test } from 'vitest';
import { conflictsOf } from './conflictsOf.ts';

test('a conflict of two deployments is told once', () => {
  const with1 = (uuid: string, other: string) => ({ uuid, conflictCount: 1, conflicts: { nodes: [{ deployment: { uuid: other } }] } });
  const peaceful = { uuid: 'c', conflictCount: 0, conflicts: { nodes: [] } };
  expect(conflictsOf([with1('a', 'b'), peaceful, with1('b', 'a')]).map(({ uuid }) => uuid)).toEqual(['a']);
});
