import { expect, test } from 'vitest';
import { carriedWords } from './carried.ts';

test('only what carries a tag is told', () => {
  expect(carriedWords({ computerCount: 1200, tenantCount: 0, personCount: 1 })).toBe('1,200 computers, 1 person');
  expect(carriedWords({ computerCount: 0, tenantCount: 0, personCount: 0 })).toBe('');
});
