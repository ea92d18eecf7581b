import { expect, test } from 'vitest';
import { parted } from './explanation.ts';

const LOSES = 'the deployment for servers of every tenant loses to the one for all computers of Contoso: scope: one tenant beats every tenant';

test('the subject is left out, and the other deployment stands by itself', () => {
  expect(parted(LOSES, 'servers of every tenant', 'all computers of Contoso')).toEqual({
    before: 'loses to ',
    other: 'the one for all computers of Contoso',
    after: ': scope: one tenant beats every tenant',
  });
});

test('a sentence of another shape stays as it is', () => {
  expect(parted('it loses', 'servers', 'x')).toEqual({ before: 'it loses: ', other: 'the one for x', after: '' });
  expect(parted('it wins', 'servers', undefined)).toEqual({ before: 'it wins', other: '', after: '' });
});
