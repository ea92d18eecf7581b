import { expect, test } from 'vitest';
import { NO_RUN, openRuns, seenRunning } from './openRuns.ts';

const RUNS = [
  { uuid: 'detect', status: 'EXITED', exitCode: 0, result: 'FAILED', outputBytes: 0 },
  { uuid: 'install', status: 'EXITED', exitCode: 30, result: 'FAILED', outputBytes: 2048 },
  { uuid: 'verify', status: 'STARTED', exitCode: null, result: 'FAILED', outputBytes: null },
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

test('what was seen to run and wrote nothing is not open once it has ended, unless somebody chose it', () => {
  expect([...openRuns(undefined, RUNS, false, new Set(['detect', 'verify']))]).toEqual(['verify']);
  expect([...openRuns('detect', RUNS, false, NOTHING)]).toEqual(['detect']);
});

test('who comes when all is over sees the run that failed, if one did', () => {
  expect([...openRuns(undefined, RUNS, true, NOTHING)]).toEqual(['install']);
  expect([...openRuns(undefined, RUNS.slice(0, 1), true, NOTHING)]).toEqual([]);
});

test('another exit code than 0 is no failure where its action succeeded', () => {
  const runs = RUNS.map((run) => ({ ...run, result: 'SUCCESS' }));
  expect([...openRuns(undefined, runs, true, NOTHING)]).toEqual([]);
});
