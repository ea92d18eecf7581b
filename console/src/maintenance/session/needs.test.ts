import { expect, test } from 'vitest';
import { depthsOf, judgementOf, seenWords } from './needs.ts';

test('a need says whether it applied, and one that is in the way says it in red', () => {
  expect(judgementOf({ judgement: 'HOLDS', obstacle: null })).toEqual({ word: 'Applies', tone: 'good' });
  expect(judgementOf({ judgement: 'HOLDS', obstacle: 'ask Ada' }).tone).toBe('bad');
  expect(judgementOf({ judgement: null, obstacle: null }).word).toBe('Not judged');
});

test('it was judged by what was there', () => {
  const look = (name: string, isInstalled: boolean | null, version: string | null = null) => ({ software: { name }, isInstalled, version });
  expect(seenWords([look('OpenJDK', true, '21'), look('Flash', false), look('Reader', null)])).toBe(
    'OpenJDK 21 was there, Flash was not there, the look at Reader told nothing',
  );
});

test('parts of parts are deeper, and a circle ends', () => {
  const part = (id: string, parent?: string) => ({ id, parent: parent ? { id: parent } : null });
  expect([...depthsOf([part('c', 'b'), part('b', 'a'), part('a'), part('d', 'gone')])]).toEqual([
    ['c', 2],
    ['b', 1],
    ['a', 0],
    ['d', 0],
  ]);
  expect(depthsOf([part('a', 'b'), part('b', 'a')]).get('a')).toBe(1);
});
