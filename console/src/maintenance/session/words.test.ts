import { expect, test } from 'vitest';
import { countsOf, deedOf, endOfRun, subjectOf, waitOf } from './words.ts';

test('what a session is about', () => {
  expect(subjectOf({ kind: 'FULL', software: null })).toBe('Everything');
  expect(subjectOf({ kind: 'SINGLE_ITEM', software: { name: 'Adobe Reader' } })).toBe('Adobe Reader');
  expect(subjectOf({ kind: 'AD_HOC', software: null, deployment: { software: { name: 'Adobe Reader' } } })).toBe('Adobe Reader, ad hoc');
});

test('what an action does, from what to what', () => {
  expect(deedOf({ type: null, detectedBefore: null, detected: null })).toBe('Not looked at yet');
  expect(deedOf({ type: 'UPDATE', detectedBefore: '24.1', detected: '24.2' })).toBe('Update, 24.1 → 24.2');
  expect(deedOf({ type: 'UNINSTALL', detectedBefore: '24.1', detected: null })).toBe('Uninstall, 24.1 → absent');
  expect(deedOf({ type: 'INSTALL', detectedBefore: null, detected: null })).toBe('Install');
  expect(deedOf({ type: 'NO_ACTION', detectedBefore: '1', detected: '1' })).toBe('Nothing to do');
});

test('a session without actions has no counts', () => {
  expect(countsOf([])).toBe('');
  expect(countsOf([{ result: 'SUCCESS' }, { result: 'SUCCESS' }, { result: 'FAILED' }, { result: 'PENDING' }])).toBe('2 succeeded, 1 failed, 1 to go');
});

test('waits and runs', () => {
  expect(waitOf('TURN', 'PENDING_CONNECTIVITY')).toBe('for its computer to come online');
  expect(endOfRun('EXITED', 30)).toBe('Exit code 30');
  expect(endOfRun('TIMED_OUT', null)).toBe('Timed out');
});
