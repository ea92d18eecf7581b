import { expect, test } from 'vitest';
import { type Found, findingOf } from './finding.ts';

const NOTHING: Found = { detected: null, isBroken: false, tested: null, type: null, resultReason: null, task: null };
const TASK: Found = { ...NOTHING, task: { uuid: 't' } };

test('of a software its version is found, or that it is not there', () => {
  expect(findingOf({ ...NOTHING, type: 'UPDATE', detected: '24.1' })).toEqual({ kind: 'version', version: '24.1', isBroken: false });
  expect(findingOf({ ...NOTHING, type: 'INSTALL' })).toEqual({ kind: 'absent' });
  expect(findingOf({ ...NOTHING, resultReason: 'DETECTION_FAILED' })).toEqual({ kind: 'unclear' });
});

test('of a task it is found whether it is as it should be, or its value', () => {
  expect(findingOf({ ...TASK, type: 'AUDIT', tested: false })).toEqual({ kind: 'differs' });
  expect(findingOf({ ...TASK, type: 'ENFORCE', tested: true })).toEqual({ kind: 'asItShouldBe' });
  expect(findingOf({ ...TASK, type: 'MONITOR', resultReason: 'VALUE_COLLECTED' })).toEqual({ kind: 'value' });
  expect(findingOf({ ...TASK, resultReason: 'TEST_UNCLEAR' })).toEqual({ kind: 'unclear' });
});
