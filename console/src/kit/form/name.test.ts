import { expect, test } from 'vitest';
import { otherName } from './name.ts';

test('a name is another one if it says something else than before', () => {
  expect(otherName(' Contoso Ltd ', { name: 'Contoso' })).toEqual({ name: 'Contoso Ltd' });
  expect(otherName('Contoso ', { name: 'Contoso' })).toBeUndefined();
  expect(otherName('  ', { name: null })).toBeUndefined();
});
