import { expect, test } from 'vitest';
import { isNamed, reasonIn } from './explained.ts';

const DISABLED =
  'left alone before, installed in the latest version, 24.2 after: the deployment for the computer cnc-1 does not apply: the deployment is disabled';
const BEATEN = 'installed before, uninstalled after: the deployment for workstations of every tenant loses to the one for the computer cnc-1: scope: …';

test('the reason is what follows on before and after', () => {
  expect(reasonIn(DISABLED)).toBe('the deployment for the computer cnc-1 does not apply: the deployment is disabled');
  expect(reasonIn('the deployment says something else')).toBe('the deployment says something else');
});

test('who wins then is said where the sentence speaks of others alone', () => {
  expect(isNamed(DISABLED, { targetText: 'workstations of every tenant' })).toBe(false);
  expect(isNamed(BEATEN, { targetText: 'the computer cnc-1' })).toBe(true);
  expect(isNamed(DISABLED, null)).toBe(false);
});
