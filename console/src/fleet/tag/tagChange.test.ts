import { expect, test } from 'vitest';
import { tagChange } from './tagChange.ts';

test('what is new is given, what is missing is taken away, and case is no difference', () => {
  expect(tagChange(['Gold', 'site-a'], ['gold', 'vip'])).toEqual({ add: ['vip'], remove: ['site-a'] });
});
