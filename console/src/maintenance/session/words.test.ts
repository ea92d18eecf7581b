import { expect, test } from 'vitest';
import { countsOf, deedOf, endOfAction, endOfRun, endOfWait, purposeOf, resultReasonOf, subjectOf, toneOfRun, waitOf } from './words.ts';

test('what a session is about', () => {
  expect(subjectOf({ kind: 'FULL', software: null })).toBe('Everything');
  expect(subjectOf({ kind: 'SINGLE_ITEM', software: { uuid: 'r', name: 'Adobe Reader' } })).toBe('Adobe Reader');
  expect(subjectOf({ kind: 'AD_HOC', software: null, deployment: { software: { uuid: 'r', name: 'Adobe Reader' } } })).toBe('Adobe Reader, ad hoc');
  expect(subjectOf({ kind: 'DRAFT', software: null })).toBe('A draft of a script');
  expect(subjectOf({ kind: 'SINGLE_ITEM', software: null, task: { uuid: 't', name: 'Firewall' } })).toBe('Firewall');
});

test('what an action does, from what to what', () => {
  const works = { isBroken: false };
  expect(deedOf({ type: null, detectedBefore: null, detected: null, ...works })).toBe('Not looked at yet');
  expect(deedOf({ type: 'UPDATE', detectedBefore: '24.1', detected: '24.2', ...works })).toBe('Update, 24.1 → 24.2');
  expect(deedOf({ type: 'UNINSTALL', detectedBefore: '24.1', detected: null, ...works })).toBe('Uninstall, 24.1 → absent');
  expect(deedOf({ type: 'INSTALL', detectedBefore: null, detected: null, ...works })).toBe('Install');
  expect(deedOf({ type: 'NO_ACTION', detectedBefore: '1', detected: '1', ...works })).toBe('Nothing to do');
});

test('a repair changes no version', () => {
  const action = { type: 'REPAIR', detectedBefore: '1.0', detected: '1.0' };
  expect(deedOf({ ...action, isBroken: true })).toBe('Repair 1.0');
  expect(deedOf({ ...action, isBroken: false })).toBe('Repair 1.0, broken → works');
});

test('an exit code that succeeded is no failure', () => {
  expect(toneOfRun('EXITED', 0, 'FAILED')).toBe('good');
  expect(toneOfRun('EXITED', 3010, 'SUCCESS')).toBe('good');
  expect(toneOfRun('EXITED', 3010, 'PENDING')).toBe('quiet');
  expect(toneOfRun('EXITED', 3010, 'FAILED')).toBe('bad');
  expect(toneOfRun('TIMED_OUT', null, 'FAILED')).toBe('bad');
});

test('runs and results by name', () => {
  expect([purposeOf('TEST'), purposeOf('RETEST'), purposeOf('POST_INSTALL')]).toEqual(['Test', 'Test again', 'Post-install']);
  expect(resultReasonOf('REPAIR_FORBIDDEN')).toBe('The repair strategy forbids it');
  expect(resultReasonOf('DEVICE_OFFLINE')).toBe('Device offline');
});

test('an audit that differs did not fail', () => {
  expect(endOfAction({ result: 'FAILED', resultReason: 'AUDIT_DIFFERS' })).toBe('Differs');
  expect(endOfAction({ result: 'FAILED', resultReason: 'TEST_UNCLEAR' })).toBe('Failed');
  expect(endOfAction({ result: 'PENDING', resultReason: null })).toBe('Going on');
});

test('a session without actions has no counts', () => {
  expect(countsOf([])).toBe('');
  expect(countsOf([{ result: 'SUCCESS' }, { result: 'SUCCESS' }, { result: 'FAILED' }, { result: 'PENDING' }])).toBe('2 succeeded, 1 failed, 1 to go');
});

test('waits and runs', () => {
  expect(waitOf('SERIAL_TASK', 'RUNNING')).toBe('for its turn at a task that is set on one computer at a time');
  expect(endOfWait('SERIAL_TASK')).toBe('that action fails');
  expect(waitOf('TURN', 'PENDING_CONNECTIVITY')).toBe('for its computer to come online');
  expect(endOfRun('EXITED', 30)).toBe('Exit code 30');
  expect(endOfRun('TIMED_OUT', null)).toBe('Timed out');
});
