import { expect, test } from 'vitest';
import { oneOf, parseSearch, stringifySearch, text } from './search.ts';

test('a serial number stays the text that it is', () => {
  expect(parseSearch('?serial=1e5')).toEqual({ serial: '1e5' });
});

test('keys are sorted, what is empty is left out, a list is a repeated key', () => {
  expect(stringifySearch({ tag: ['b', 'a'], name: '', asOf: undefined, kind: 'SERVER' })).toBe('?kind=SERVER&tag=b&tag=a');
});

test('what is written is read again', () => {
  const search = { q: 'a & b = ü', tag: ['x', 'y'] };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
});

test('what is none of the known values is as if it were not there', () => {
  expect(oneOf({ online: 'perhaps' }, 'online', ['yes', 'no'])).toBeUndefined();
  expect(text({ name: ['first', 'second'] }, 'name')).toBe('first');
});
