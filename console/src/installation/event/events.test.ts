import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chainOf, type Linked } from './causes.ts';
import { namesIn } from './names.ts';
import { shortId, streamOf } from './streams.ts';
import { CHANGES, INNER, OUTER } from './types.ts';
import { detailOf, titleOf } from './words.ts';

test('a stream is a category and an id, which may have dashes', () => {
  expect(streamOf('session-01a2-b3')).toEqual({ category: 'session', kind: 'session', id: '01a2-b3', place: 'sessions' });
  expect(streamOf('claim-waiting-2df9')).toMatchObject({ category: 'claim', place: undefined });
  expect(shortId('01a21fd3-b390-700f-8359-dc88effcfa91')).toBe('…effcfa91');
});

test('the filter takes all types at once', () => {
  expect(OUTER.length).toBeLessThanOrEqual(200);
  expect(new Set([...OUTER, ...INNER]).size).toBe(OUTER.length + INNER.length);
  expect(CHANGES.every((type) => OUTER.includes(type))).toBe(true);
});

test('every event that the server can write has its place here', () => {
  const golden = readdirSync(join(import.meta.dirname, '../../../../domain/tests/events/golden'));
  const known = new Set([...OUTER, ...INNER]);
  const written = golden.flatMap((file) => /^([A-Z]\w+)\.v\d+\.json$/.exec(file)?.[1] ?? []);
  expect(written.length).toBeGreaterThan(100);
  expect(written.filter((type) => !known.has(type))).toEqual([]);
});

test('an event in words', () => {
  const said = (data: unknown, names = new Map<string, string>()) => detailOf(data, names);
  expect(titleOf('DesiredStateChanged')).toBe('Desired state changed');
  expect(said({ run: 'x', report: { outcome: { kind: 'exited', code: 3 } } })).toBe('exit code 3');
  expect(said({ tags: ['cnc', 'line 1'] })).toBe('cnc, line 1');
  expect(said({ ending: 'partiallyPassed' })).toBe('partially passed');
  expect(said({ until: '2026' })).toBeUndefined();
  expect(said({ purpose: 'postInstall', job: { kind: 'script', version: '24.1' } })).toBe('post-install 24.1');
  expect(said({ finding: { kind: 'version', version: '22.3' }, actionType: 'update', reason: 'updateAvailable' })).toBe(
    '22.3 is there, update: an older version was there',
  );
  expect(said({ finding: { kind: 'no' }, actionType: 'enforce', reason: 'notCompliant' })).toBe(
    'differs, enforce: its test said that it was not as it should be',
  );
  expect(said({ finding: { kind: 'value', value: { free: 3 } }, actionType: 'monitor', reason: 'valueWanted' })).toBe(
    'its value is {"free": 3}, monitor: its value is wanted, whatever it is',
  );
  expect(said({ verdict: 'success', message: 'version 24.1 is there now' })).toBe('version 24.1 is there now');
  expect(said({ verdict: 'failed', message: 'the script ended with 3' })).toBe('the script ended with 3, failed');
  expect(said({ verdict: 'failed', reason: 'auditDiffers', message: 'it differs' })).toBe('it differs');
  expect(said({ person: 'p' })).toBeUndefined();
  expect(said({ tenant: 't', name: 'pc-1' }, new Map([['t', 'Contoso']]))).toBe('pc-1');
  expect(said({ tenant: 't' }, new Map([['t', 'Contoso']]))).toBe('to Contoso');
});

test('what a deployment said is told with its target and its version', () => {
  const target = { scope: { kind: 'individual', computer: '01a21fd3-b390-700f-8359-dc88effcfa91' }, membership: { kind: 'allComputers' }, filter: 'none' };
  const desired = { kind: 'installedExactly', version: '24.1' };
  expect(detailOf({ desired, target, enforcement: 'required' }, new Map())).toBe('installed in exactly version 24.1 on the computer …effcfa91');
  expect(detailOf({ target }, new Map([['01a21fd3-b390-700f-8359-dc88effcfa91', 'cnc-1']]))).toBe('for the computer cnc-1');
  expect(detailOf({ desired: { kind: 'enforce' } }, new Map())).toBe('enforced');
  expect(detailOf({ enforcement: 'adHoc' }, new Map())).toBe('ad hoc');
  expect(detailOf({ target: { ...target, scope: { kind: 'planet' } } }, new Map()), 'what a newer server says').toBeUndefined();
});

test('actions and runs are called after the items that their session resolved', () => {
  const told = (data: unknown) => ({ type: 'X', stream: 'session-s', data, tenant: null, subject: null });
  const resolved = { actions: [{ action: 'a', item: { id: 'i' }, itemName: 'Reader', goal: { desired: { kind: 'installedLatest' }, version: '24.1' } }] };
  const names = namesIn([told(resolved), told({ run: 'r', action: 'a' })]);
  expect(detailOf(resolved, names)).toBe('Reader 24.1');
  expect(detailOf({ run: 'r' }, names)).toBe('Reader');
  expect(detailOf({ about: { kind: 'item', item: { id: 'i' } } }, names)).toBe('Reader');
});

/** Somebody asks for a session (command c1), the server admits and starts it, because of the session s. */
const LOG: Linked[] = [
  { eventId: 'e1', type: 'SessionCreated', stream: 'session-s', position: '1', correlationId: 'c1', causationId: 'c1', commandId: 'c1' },
  { eventId: 'e2', type: 'WaitBegan', stream: 'session-s', position: '2', correlationId: 'c1', causationId: 'c1', commandId: 'c1' },
  { eventId: 'e3', type: 'SessionAdmitted', stream: 'computer-k', position: '3', correlationId: 's', causationId: 's', commandId: 'c2' },
  { eventId: 'e4', type: 'TenantRenamed', stream: 'tenant-t', position: '4', correlationId: 'c9', causationId: 'c9', commandId: 'c9' },
];
const at = (position: string) => LOG.find((event) => event.position === position) as Linked;
const positions = (events: Linked[]) => events.map(({ position }) => position);

test('what a session does is caused by its first event', () => {
  const { causes, effects } = chainOf(at('3'), LOG);
  expect([positions(causes), positions(effects)]).toEqual([['1'], []]);
});

test('what one command did stands beside, what it led to below', () => {
  const { causes, siblings, effects, story } = chainOf(at('1'), LOG);
  expect([positions(causes), positions(siblings), positions(effects), positions(story)]).toEqual([[], ['2'], ['3'], []]);
});

test('of prerequisites it is counted how many apply, and told what that settled', () => {
  expect(detailOf({ judged: [{ judgement: 'holds' }, { judgement: 'unknown' }, { judgement: 'holds' }] }, new Map())).toBe(
    '2 prerequisites apply, 1 is not known',
  );
  expect(detailOf({ goal: { desired: { kind: 'installedExactly', version: '8.0' }, version: '8.0' } }, new Map())).toBe('installed in exactly version 8.0');
});

test('where a title comes from is told with its source and its revision', () => {
  const revision = '06ec1b7a9f0c2d4e8b6a1c3d5e7f9a0b2c4d6e8f';
  expect(detailOf({ source: 'winget', identifier: '7zip.7zip', revision }, new Map())).toBe('winget 7zip.7zip at 06ec1b7a9f0c');
  expect(detailOf({ from: 's', revision }, new Map([['s', '7-Zip']]))).toBe('from 7-Zip at 06ec1b7a9f0c');
  expect(detailOf({ revision }, new Map())).toBe('at 06ec1b7a9f0c');
  expect(detailOf({ description: { homepage: 'https://7-zip.org', licence: 'LGPL', tags: ['zip', 'archive'] } }, new Map())).toBe('LGPL, zip, archive');
  expect(detailOf({ detection: { kind: 'program', any: [{}, {}] } }, new Map())).toBe('among the installed programs, by 2 signs');
});

test('what a computer can get is told, and that it can get nothing', () => {
  const names = new Map([['a', 'Reader']]);
  expect(detailOf({ action: 'a', available: { kind: 'version', version: '24.1' } }, names)).toBe('Reader, 24.1 is to be had');
  expect(detailOf({ action: 'a', available: { kind: 'nothing' } }, names)).toBe('Reader, nothing to be had');
});

test('parameters are told as they are defined, and as a task is told them', () => {
  const said = (parameters: unknown) => detailOf({ parameters }, new Map());
  expect(said([{ name: 'host', kind: 'text' }, { name: 'port' }])).toBe('2 parameters: host, port');
  expect(said([])).toBe('no parameters');
  expect(said({ directions: ['in', 'out'], host: 'logs', log: true, port: 443 })).toBe('directions: in, out; host: "logs"; log: yes; port: 443');
  expect(said({})).toBe('tells its task nothing');
  expect(said(undefined)).toBeUndefined();
});
