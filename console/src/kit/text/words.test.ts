import { expect, test } from 'vitest';
import { plural, sentence, spaced } from './words.ts';

test('closed words become words', () => {
  expect(sentence('NEEDS_ONBOARDING')).toBe('Needs onboarding');
  expect(sentence(null)).toBe('');
  expect(spaced('DesiredStateChanged')).toBe('Desired state changed');
  expect([plural(1, 'computer'), plural(20_000, 'computer'), plural(2, 'person', 'people')]).toEqual(['1 computer', '20,000 computers', '2 people']);
});
