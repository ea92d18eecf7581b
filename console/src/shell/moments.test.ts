import { expect, test } from 'vitest';
import { isFuture, scopeOf } from './moments.ts';

const ID = '5ed3a4c2-6c5a-73c6-b9a5-4615af87b5cf';

test('what is in view is compared', () => {
  expect(scopeOf(`/computers/${ID}`)).toEqual({ computer: ID });
  expect(scopeOf(`/tenants/${ID}`)).toEqual({ tenant: ID });
  expect([scopeOf('/computers'), scopeOf(`/deployments/${ID}`)]).toEqual([{}, {}]);
});

test('only times can be known to lie in the future', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  expect(isFuture({ time: '2026-11-28T12:00:01Z' }, now)).toBe(true);
  expect(isFuture({ time: '2026-11-28T11:59:59Z' }, now)).toBe(false);
  expect(isFuture({ position: '99999999' }, now)).toBe(false);
});
