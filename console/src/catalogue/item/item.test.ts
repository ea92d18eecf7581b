import { expect, test } from 'vitest';
import { itemIn, pathOfItem } from './item.ts';

test('an item is whichever is there, and has a page unless it is of tenants', () => {
  const software = itemIn({ software: { uuid: 's', name: 'Reader' }, task: null, cloudTask: null });
  expect(software && pathOfItem(software)).toBe('/software/s');
  const task = itemIn({ software: null, task: { uuid: 't', name: 'Firewall' } });
  expect(task && pathOfItem(task)).toBe('/tasks/t');
  const cloudTask = itemIn({ cloudTask: { uuid: 'c', name: null } });
  expect(cloudTask).toEqual({ kind: 'cloudTask', uuid: 'c', name: 'c' });
  expect(cloudTask && pathOfItem(cloudTask)).toBeUndefined();
  expect(itemIn({ software: null })).toBeUndefined();
});
