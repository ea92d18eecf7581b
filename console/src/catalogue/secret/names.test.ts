import { expect, test } from 'vitest';
import { valueWords } from '../task/parameter/value.ts';
import { secretsAmong } from './names.ts';
import { ownerWords } from './secret.ts';

test('a secret is told by its name, or as one that cannot be seen', () => {
  const value = { secretId: 'U2VjcmV0OjE' };
  expect(valueWords(value, new Map([['U2VjcmV0OjE', 'Domain join']]))).toBe('the secret Domain join');
  expect(valueWords(value)).toBe('a secret');
});

test('each secret is asked about once', () => {
  expect(secretsAmong([{ secretId: 'b' }, { text: 'logs' }, { secretId: 'a' }, { secretId: 'b' }])).toEqual(['a', 'b']);
});

test('it says whose it is', () => {
  expect(ownerWords({ isOfInstallation: true, tenant: null })).toBe('the installation');
  expect(ownerWords({ isOfInstallation: false, tenant: { name: 'Northwind' } })).toBe('Northwind');
  expect(ownerWords({ isOfInstallation: false, tenant: null })).toBe('a tenant that you cannot see');
});
