import { expect, test } from 'vitest';
import { lastLooks } from './lastLooks.ts';

const software = { uuid: 'reader' };
const detected = (version: string | null) => ({ actions: [{ software, type: 'NO_ACTION', reason: 'UP_TO_DATE', detected: version }] });
const ignored = { actions: [{ software, type: 'NO_ACTION', reason: 'IGNORED', detected: null }] };
const pending = { actions: [{ software, type: null, reason: null, detected: null }] };

test('the newest session counts', () => {
  const look = lastLooks([detected('1'), detected('2')]).get('reader');
  expect(look?.last.action.detected).toBe('2');
  expect(look?.seen).toEqual(look?.last);
});

test('what was left alone or not reached was seen before', () => {
  const look = lastLooks([detected('1'), ignored, pending]).get('reader');
  expect(look?.last.session).toBe(pending);
  expect(look?.seen?.action.detected).toBe('1');
});

test('nothing was seen of what was always left alone', () => {
  expect(lastLooks([ignored]).get('reader')?.seen).toBeUndefined();
});

test('what nothing needed was seen only where a version was found', () => {
  const notNeeded = (version: string | null) => ({ actions: [{ software, type: 'NO_ACTION', reason: 'NOT_NEEDED', detected: version }] });
  expect(lastLooks([detected('1'), notNeeded(null)]).get('reader')?.seen?.action.detected).toBe('1');
  expect(lastLooks([detected('1'), notNeeded('2')]).get('reader')?.seen?.action.detected).toBe('2');
  expect(lastLooks([notNeeded(null)]).get('reader')?.seen).toBeUndefined();
});

test('absence is seen too', () => {
  expect(lastLooks([detected(null)]).get('reader')?.seen?.action.detected).toBeNull();
});

test('an action whose software is gone belongs to no item', () => {
  expect(lastLooks([{ actions: [{ software: null, type: null, reason: null, detected: null }] }]).size).toBe(0);
});
