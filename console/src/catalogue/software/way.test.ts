import { expect, test } from 'vitest';
import type { Role } from './role.ts';
import { gapsOf } from './way.ts';

const latest = (...roles: Role[]) => ({ version: '2.0', scripts: roles.map((role) => ({ role })) });

test('a strategy without its script is a gap', () => {
  expect(gapsOf({ upgradeStrategy: 'INSTALL_OVER', repairStrategy: 'NEVER' }, latest())).toEqual([]);
  expect(gapsOf({ upgradeStrategy: 'UPGRADE_SCRIPT', repairStrategy: 'REPAIR_SCRIPT' }, latest('INSTALL'))).toEqual([
    'Version 2.0 has no upgrade script: each update to it fails.',
    'Version 2.0 has no repair script: each repair of it fails.',
    'Version 2.0 has no test script: nobody learns that it does not work, so it is never repaired.',
  ]);
  expect(gapsOf({ upgradeStrategy: 'UPGRADE_SCRIPT', repairStrategy: 'REPAIR_SCRIPT' }, latest('UPGRADE', 'REPAIR', 'TEST'))).toEqual([]);
});
