import { expect, test } from 'vitest';
import { answered, looked } from './line.ts';

test('a package that was taken is there', () => {
  expect(answered(201, '{"sha256":"00","size":3}')).toEqual({ kind: 'there' });
});

test('a refusal keeps its code and its words', () => {
  const body = '{"errors":[{"message":"the server has no room for the package","extensions":{"code":"UNAVAILABLE"}}]}';
  expect(answered(507, body)).toEqual({ kind: 'refused', code: 'UNAVAILABLE', message: 'the server has no room for the package' });
});

test('what a proxy says is told by its status', () => {
  expect(answered(413, '<html>')).toEqual({ kind: 'refused', code: 'HTTP 413', message: 'The server answered 413.' });
});

test('what the server has is told by its headers', () => {
  const headers = (offset: string, complete: string) => new Headers({ 'Upload-Offset': offset, 'Upload-Complete': complete });
  expect(looked(204, headers('5', '?0'))).toEqual({ kind: 'has', bytes: 5 });
  expect(looked(204, headers('5', '?1'))).toEqual({ kind: 'whole' });
  expect(looked(409, new Headers())).toEqual({ kind: 'coming' });
  expect(looked(403, new Headers())).toEqual({ kind: 'has', bytes: 0 });
});
