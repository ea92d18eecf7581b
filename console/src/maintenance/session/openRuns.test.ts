import { expect, test } from 'vitest';
import { NO_RUN, openRuns, seenRunning } from './openRuns.ts';

const RUNS = [
  { uuid: 'detect', status: 'EXITED', exitCode: 0 },
  { uuid: 'install', status: 'EXITED', exitCode: 30 },
  { uuid: 'verify', status: 'STARTED', exitCode: null },
];
const NOTHING = new Set<string>();

test('what somebody chose is open, also nothing', () => {
  expect([...openRuns('detect', RUNS, false, new Set(['verify']))]).toEqual(['detect']);
  expect([...openRuns(NO_RUN, RUNS, false, new Set(['verify']))]).toEqual([]);
});

test('what was seen to run stays open when it has ended', () => {
  const seen = seenRunning(RUNS, new Set(['install']));
  expect([...openRuns(undefined, RUNS, false, seen)]).toEqual(['install', 'verify']);
  expect([...openRuns(undefined, RUNS, true, seen)]).toEqual(['install', 'verify']);
  expect(seenRunning(RUNS, seen)).toBe(seen);
});

test('who comes when all is over sees the run that failed, if one did', () => {
  expect([...openRuns(undefined, RUNS, true, NOTHING)]).toEqual(['install']);
  expect([...openRuns(undefined, RUNS.slice(0, 1), true, NOTHING)]).toEqual([]);
});
