import { expect, test } from 'vitest';
import { calledAmong, itemIn, pathOfItem } from './item.ts';
import { whichWords } from './which.ts';

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

test('a title is told by its source and what it is called there, one of our own by who makes it', () => {
  expect(whichWords({ publisher: 'Igor Pavlov', origin: { source: 'winget', identifier: '7zip.7zip' } })).toBe('7zip.7zip (winget)');
  expect(whichWords({ publisher: 'Igor Pavlov', origin: null })).toBe('my software, Igor Pavlov');
  expect(whichWords({ publisher: null, origin: null })).toBe('my software');
  expect(whichWords({}), 'what was not read is not told').toBeUndefined();
});

test('among others each has a name of its own', () => {
  const of = (uuid: string, name: string, source: string) => itemIn({ software: { uuid, name, origin: { source, identifier: uuid } } });
  const items = [of('7zip', '7-Zip', 'debian'), of('7zip.7zip', '7-Zip', 'winget'), of('git', 'Git', 'debian'), of('git', 'Git', 'debian')];
  expect([...calledAmong(items.flatMap((item) => item ?? [])).values()]).toEqual(['7-Zip, 7zip (debian)', '7-Zip, 7zip.7zip (winget)', 'Git']);
});
