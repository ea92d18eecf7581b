import { expect, test } from 'vitest';
import { holderInWords, replacingOf } from './replacing.ts';

const A = { apiTokenId: 'a', name: 'Ada', role: 'MSP admin', tenant: null };
const B = { apiTokenId: 'b', name: 'Ada', role: 'tenant admin', tenant: 'Contoso' };

test('the question is read out of the refusal, and nothing else is taken for one', () => {
  expect(replacingOf('upc_1', { code: 'BAD_USER_INPUT', signedIn: A, codeIsOf: B })).toEqual({ code: 'upc_1', signedIn: A, codeIsOf: B });
  for (const other of [undefined, {}, { signedIn: A }, { signedIn: A, codeIsOf: 'b' }, { signedIn: A, codeIsOf: null }, { signedIn: A, codeIsOf: {} }]) {
    expect(replacingOf('upc_1', other), JSON.stringify(other)).toBeUndefined();
  }
});

test('two of one name are told apart by what they are', () => {
  expect([holderInWords(A), holderInWords(B)]).toEqual(['Ada, MSP admin', 'Ada, tenant admin of Contoso']);
});
