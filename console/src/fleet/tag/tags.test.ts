import { expect, test } from 'vitest';
import { matching, tagsOf } from './tags.ts';

const none = { computers: [], tenants: [], people: [] };

test('each bearer counts once for each of its tags', () => {
  const tags = tagsOf({ computers: [{ tags: ['vip', 'lab'] }, { tags: ['vip'] }], tenants: [{ tags: ['vip'] }], people: [] });
  expect(tags).toEqual([
    { name: 'lab', counts: { computers: 1, tenants: 0, people: 0 } },
    { name: 'vip', counts: { computers: 2, tenants: 1, people: 0 } },
  ]);
});

test('upper and lower case are the same tag', () => {
  expect(tagsOf({ ...none, computers: [{ tags: ['VIP'] }, { tags: ['vip'] }] })).toEqual([{ name: 'VIP', counts: { computers: 2, tenants: 0, people: 0 } }]);
});

test('numbers in names are sorted as numbers', () => {
  const names = tagsOf({ ...none, people: [{ tags: ['ring 10', 'ring 2', 'Alpha'] }] }).map(({ name }) => name);
  expect(names).toEqual(['Alpha', 'ring 2', 'ring 10']);
});

test('a text is looked for whatever the case', () => {
  const tags = tagsOf({ ...none, people: [{ tags: ['VIP', 'lab'] }] });
  expect(matching(tags, 'vi').map(({ name }) => name)).toEqual(['VIP']);
  expect(matching(tags, undefined)).toHaveLength(2);
});
