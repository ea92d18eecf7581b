import { expect, test } from 'vitest';
import { differences, type Wording } from './differences.ts';

const LATEST: Wording = {
  target: { text: 'all computers of Contoso' },
  desired: { kind: 'INSTALLED_LATEST', version: null, text: 'installed in the latest version, 24.1' },
  enforcement: 'REQUIRED',
  status: 'ENABLED',
};

test('what differs is told with what was there', () => {
  expect(differences(LATEST, { ...LATEST, enforcement: 'AD_HOC', status: 'DISABLED' })).toEqual([
    { what: 'Enforcement', before: 'Required', after: 'Ad hoc' },
    { what: 'Status', before: 'Enabled', after: 'Disabled' },
  ]);
});

test('a newer version of the software is no difference of the deployment', () => {
  expect(differences(LATEST, { ...LATEST, desired: { ...LATEST.desired, text: 'installed in the latest version, 24.2' } })).toEqual([]);
});
