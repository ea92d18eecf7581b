import { expect, test } from 'vitest';
import { meansOf, SOFTWARE_STATES, STATES, TASK_STATES } from './kinds.ts';

test('where each computer says what is the newest, no state speaks of what is published', () => {
  for (const state of SOFTWARE_STATES) expect(meansOf(state, true)).not.toContain('published');
  expect(meansOf('INSTALLED_LATEST', false)).toBe(STATES.INSTALLED_LATEST.means);
  for (const state of TASK_STATES) expect(meansOf(state, true)).toBe(STATES[state].means);
});
