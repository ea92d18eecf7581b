import { expect, test } from 'vitest';
import { lookedWords } from './looked.ts';

test('a look at installed programs names what fits, and counts the rest', () => {
  const program = (name: string, version: string | null = '1') => ({ name, version });
  expect(lookedWords(null), 'where a script ran').toBeUndefined();
  expect(lookedWords({ programs: null, programCount: null })).toBeUndefined();
  expect(lookedWords({ programs: [], programCount: 0 })).toBe('Looked: no installed program fits');
  expect(lookedWords({ programs: [program('bash', '5.2')], programCount: 1 })).toBe('Looked: 1 installed program fits: bash 5.2');
  expect(lookedWords({ programs: ['a', 'b', 'c', 'd'].map((name) => program(name)), programCount: 20 })).toBe(
    'Looked: 20 installed programs fit: a 1; b 1; c 1; and 17 more',
  );
});
