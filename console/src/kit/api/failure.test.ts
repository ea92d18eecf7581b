import { CombinedError } from '@urql/core';
import { expect, test } from 'vitest';
import { failuresOf } from './failure.ts';

test('what failed of an answer is told by the name of the part, its first failure', () => {
  const error = new CombinedError({
    graphQLErrors: [
      { message: 'it took too long', path: ['summary', 'sessions'], extensions: { code: 'TIMEOUT' } },
      { message: 'another', path: ['summary'], extensions: { code: 'INTERNAL' } },
      { message: 'no code', path: ['changes'] },
    ],
  });
  expect(failuresOf(error)).toEqual({
    summary: { code: 'TIMEOUT', message: 'it took too long', mayPass: true },
    changes: { code: 'INTERNAL', message: 'no code', mayPass: false },
  });
});
