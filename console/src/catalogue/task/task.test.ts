import { expect, test } from 'vitest';
import { lostWithout, MODES, type Served, whyNotServed } from './mode.ts';
import { firstOf, type Role, whyNotSet } from './role.ts';

const task = (modes: Served['modes'], ...roles: Role[]): Served => ({ modes, scripts: roles.map((role) => ({ role })) });

test('a mode that cannot be served lacks a script', () => {
  const why = (served: Served) => MODES.map((mode) => whyNotServed(mode, served));
  expect(why(task([]))).toEqual(['it has no test and no set script', 'it has no test script', 'it has no get script']);
  expect(why(task(['AUDIT'], 'TEST'))).toEqual(['it has no set script', undefined, 'it has no get script']);
  expect(why(task(['ENFORCE', 'AUDIT', 'MONITOR'], 'COMBINED'))).toEqual([undefined, undefined, undefined]);
});

test('without a script it serves less', () => {
  const all = task(['ENFORCE', 'AUDIT'], 'TEST', 'SET');
  expect(lostWithout('TEST', all)).toBe('enforced or audited');
  expect(lostWithout('SET', all)).toBe('enforced');
  expect(lostWithout('SET', task([], 'SET'))).toBeUndefined();
  expect(lostWithout('COMBINED', task(['ENFORCE', 'AUDIT', 'MONITOR'], 'COMBINED'))).toBe('enforced, audited or monitored');
});

test('a combined script and separate ones keep each other away', () => {
  expect(whyNotSet('GET', [{ role: 'TEST' }])).toBeUndefined();
  expect(whyNotSet('COMBINED', [{ role: 'TEST' }])).toMatch('a test script');
  expect(whyNotSet('GET', [{ role: 'COMBINED' }])).toMatch('a combined script');
});

test('the script that is shown first is one that is there', () => {
  expect(firstOf([{ role: 'GET' }])).toBe('GET');
  expect(firstOf([])).toBe('TEST');
});
