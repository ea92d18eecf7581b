import { expect, test } from 'vitest';
import { AWAITED } from './may.ts';
import { byReason, refusalOf } from './refusal.ts';

test('what is refused for one reason is named together, and the reason once', () => {
  const role = 'your role, tenant member, may not change computers: ask an MSP admin';
  const refusals = [
    { label: 'Tags…', reason: role },
    { label: 'Run', reason: 'it was removed' },
    { label: 'Move…', reason: role },
    { label: 'Tags…', reason: role },
  ];
  expect(byReason(refusals)).toEqual([
    { reason: role, labels: ['Tags', 'Move'] },
    { reason: 'it was removed', labels: ['Run'] },
  ]);
});

test('what the server does not speak of is not refused', () => {
  expect(refusalOf(undefined)).toBeUndefined();
  expect(refusalOf({ isAllowed: true, reason: 'it is so already: nothing would change' })).toBeUndefined();
  expect(refusalOf(AWAITED)).toBeUndefined();
  expect(refusalOf({ isAllowed: false })).toBe('You may not do this.');
});
