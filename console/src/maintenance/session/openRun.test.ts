import { expect, test } from 'vitest';
import { NO_RUN, openRunOf } from './openRun.ts';

const RUNS = [
  { uuid: 'detect', status: 'EXITED', exitCode: 0 },
  { uuid: 'install', status: 'EXITED', exitCode: 30 },
  { uuid: 'verify', status: 'STARTED', exitCode: null },
];

test('what somebody chose is open, also nothing', () => {
  expect(openRunOf('detect', RUNS, false)).toBe('detect');
  expect(openRunOf(NO_RUN, RUNS, false)).toBeUndefined();
});

test('while a session goes on the run that runs is open', () => {
  expect(openRunOf(undefined, RUNS, false)).toBe('verify');
});

test('once it is over the run that failed is open, if one did', () => {
  expect(openRunOf(undefined, RUNS, true)).toBe('install');
  expect(openRunOf(undefined, RUNS.slice(0, 1), true)).toBeUndefined();
});
