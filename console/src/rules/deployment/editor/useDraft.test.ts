import { expect, test } from 'vitest';
import { EMPTY } from './draft.ts';
import { keptIn } from './useDraft.ts';

test('what was kept comes back as it was', () => {
  const kept = { base: { revision: 3, draft: EMPTY }, draft: { ...EMPTY, tag: 'cad' } };
  expect(keptIn(JSON.stringify(kept))).toEqual(kept);
});

test('what an earlier console did not know is as in a new draft', () => {
  const { told: _told, ...before } = { ...EMPTY, tag: 'cad' };
  expect(keptIn(JSON.stringify({ base: { draft: before }, draft: before }))).toEqual({
    base: { draft: { ...EMPTY, tag: 'cad' } },
    draft: { ...EMPTY, tag: 'cad' },
  });
});

test('what no console wrote is nothing', () => {
  for (const text of [null, '', 'x', 'null', '{"draft":{}}']) expect(keptIn(text)).toBeUndefined();
});
