import { expect, test } from 'vitest';
import { countOf, type Facets, without } from './facets.ts';

const tenant = (uuid: string, count: number) => ({ tenant: { uuid }, count });
const facets: Facets = {
  totalCount: 10,
  onlineCount: 7,
  onboardingCount: 1,
  excludedCount: 2,
  tenants: [tenant('a', 6), tenant('b', 4)],
  computerClasses: [{ computerClass: 'SERVER', count: 10 }],
  osFamilies: [{ osFamily: null, count: 10 }],
  tags: Array.from({ length: 50 }, (_, index) => ({ tag: `T${index}`, count: 1 })),
};

test('a facet is counted without its own filter, and with all others', () => {
  expect(without({ computerClass: 'SERVER', isOnline: true }, 'kind')).toEqual({ isOnline: true, computerClass: undefined });
});

test('both sides of a filter with two choices are known from one count', () => {
  expect([countOf(facets, 'online', 'yes'), countOf(facets, 'online', 'no')]).toEqual([7, 3]);
  expect([countOf(facets, 'excluded', 'yes'), countOf(facets, 'excluded', 'no')]).toEqual([2, 8]);
});

test('what a whole list of counts does not have is nowhere; what a full one does not have may be somewhere', () => {
  expect(countOf(facets, 'tenant', 'c')).toBe(0);
  expect(countOf(facets, 'system', 'LINUX')).toBe(0);
  expect(countOf(facets, 'tag', 'elsewhere')).toBeUndefined();
});

test('tags are the same in upper and lower case', () => {
  expect(countOf(facets, 'tag', 't3')).toBe(1);
});
