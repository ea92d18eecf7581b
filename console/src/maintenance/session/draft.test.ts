import { expect, test } from 'vitest';
import { areNamed, toldBy, usualTimeout } from './draft.ts';

const NOTHING = { text: null, number: null, boolean: null, choices: null, secretId: null };

test('what a script was told is told again as it was', () => {
  const parameters = [
    { name: 'Server', value: { ...NOTHING, text: 'a b' } },
    { name: 'Port', value: { ...NOTHING, number: 514 } },
  ];
  expect(toldBy({ parameters })).toEqual([
    { name: 'Server', value: { text: 'a b' } },
    { name: 'Port', value: { number: 514 } },
  ]);
});

test('whatever is told has a name', () => {
  expect(areNamed([])).toBe(true);
  expect(areNamed([{ name: ' ', value: { text: 'x' } }])).toBe(false);
  expect(areNamed([{ name: 'Port', value: { text: '' } }])).toBe(true);
});

test('what changes something may take longer than what looks', () => {
  expect(usualTimeout('ACTION')).toBe(900);
  expect(usualTimeout('DETECTION')).toBe(120);
});
