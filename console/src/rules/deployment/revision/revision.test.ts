import { expect, test } from 'vitest';
import { EMPTY } from '../editor/draft.ts';
import { differences, titleOf } from './differences.ts';
import { isNext, type Said } from './said.ts';
import { backTo, type Now, undoOf } from './ways.ts';

const CREATED: Said = {
  revision: 0,
  changed: ['CREATED'],
  status: 'ENABLED',
  target: { text: 'all computers of every tenant' },
  event: { type: 'DeploymentCreated' },
  draft: { ...EMPTY, item: { kind: 'software', id: 's', name: 'Reader' } },
};
const NO_NAMES = new Map();
const CHANGED: Said = {
  ...CREATED,
  revision: 2,
  changed: ['TARGET', 'DESIRED'],
  target: { text: 'servers of every tenant' },
  event: { type: 'DeploymentRetargeted' },
  draft: { ...CREATED.draft, filter: 'SERVERS', desired: 'UNINSTALLED' },
};
const DISABLED: Said = { ...CHANGED, revision: 3, changed: ['STATUS'], status: 'DISABLED', event: { type: 'DeploymentDisabled' } };
const APPROVED: Said = { ...CHANGED, revision: 3, changed: ['RECOMMENDATION'], event: { type: 'RecommendationApproved' } };
const NOW: Now = { status: 'ENABLED', recommendation: null, draft: CHANGED.draft };

test('what was changed is told with what was there', () => {
  expect(differences(CREATED, CHANGED, NO_NAMES)).toEqual([
    { what: 'Target', before: 'all computers of every tenant', after: 'servers of every tenant' },
    { what: 'State', before: 'installed in the latest version', after: 'uninstalled' },
  ]);
  expect(differences(CHANGED, DISABLED, NO_NAMES)).toEqual([{ what: 'Status', before: 'Enabled', after: 'Disabled' }]);
});

test('what is not known is not told: what was before, what was decided', () => {
  expect(differences(undefined, DISABLED, NO_NAMES)).toEqual([{ what: 'Status', before: undefined, after: 'Disabled' }]);
  expect(differences(CHANGED, APPROVED, NO_NAMES)).toEqual([{ what: 'Recommendation', before: undefined, after: 'Approved' }]);
  expect(differences(CHANGED, { ...APPROVED, event: null }, NO_NAMES)).toEqual([]);
});

test('a revision is called after what it changed', () => {
  expect([CREATED, CHANGED, DISABLED, APPROVED].map(titleOf)).toEqual(['Created', 'Target and state changed', 'Disabled', 'Approved']);
  expect(titleOf({ ...CHANGED, changed: ['TARGET', 'DESIRED', 'ENFORCEMENT'] })).toBe('Target, state and enforcement changed');
});

test('between two revisions none is missing if the later one changed as much as they are apart', () => {
  expect(isNext(CREATED, CHANGED)).toBe(true);
  expect(isNext(CREATED, DISABLED)).toBe(false);
});

test('undoing brings back what was there before, and leaves alone what was changed since', () => {
  const now = { ...NOW, draft: { ...CHANGED.draft, enforcement: 'AD_HOC' as const } };
  expect(undoOf(now, CREATED, CHANGED)).toMatchObject({
    kind: 'change',
    draft: { filter: 'ALL_COMPUTERS', desired: 'INSTALLED_LATEST', enforcement: 'AD_HOC' },
  });
});

test('what its task was told is told and taken back as any other part', () => {
  const created: Said = { ...CREATED, draft: { ...CREATED.draft, item: { kind: 'task', id: 't', name: 'Log forwarding' }, desired: 'ENFORCE' } };
  const said = { ...created.draft, told: [{ name: 'Port', value: { number: 514 } }] };
  const told: Said = { ...created, revision: 1, changed: ['PARAMETERS'], event: { type: 'DeploymentParametersChanged' }, draft: said };
  expect(differences(created, told, NO_NAMES)).toEqual([{ what: 'Parameters', before: 'nothing', after: 'Port: 514' }]);
  expect(titleOf(told)).toBe('Parameters changed');
  expect(undoOf({ ...NOW, draft: said }, created, told)).toMatchObject({ kind: 'change', draft: { told: [] } });
});

test('what is as it was before already is not undone again', () => {
  expect(undoOf({ ...NOW, draft: CREATED.draft }, CREATED, CHANGED)).toEqual({ kind: 'none', why: 'taken back since' });
  expect(undoOf(NOW, CHANGED, DISABLED)).toEqual({ kind: 'none', why: 'taken back since' });
});

test('a status and a decision have their opposites', () => {
  expect(undoOf({ ...NOW, status: 'DISABLED' }, CHANGED, DISABLED)).toEqual({ kind: 'act', act: 'enable' });
  expect(undoOf({ ...NOW, recommendation: 'APPROVED' }, CHANGED, APPROVED)).toEqual({ kind: 'act', act: 'dismiss' });
  expect(undoOf({ ...NOW, recommendation: 'APPROVED' }, CHANGED, { ...APPROVED, event: null })).toEqual({ kind: 'none', why: undefined });
});

test('the beginning, the end and what followed on something unseen are not undone', () => {
  expect(undoOf(NOW, undefined, CREATED).kind).toBe('none');
  expect(undoOf(NOW, CHANGED, { ...DISABLED, status: 'DELETED' }).kind).toBe('none');
  expect(undoOf(NOW, undefined, CHANGED)).toEqual({ kind: 'none', why: 'what was before it is out of your sight' });
});

test('the way back to a revision is there where it says something else than now', () => {
  expect(backTo(NOW, CREATED)).toMatchObject({ kind: 'change', draft: { filter: 'ALL_COMPUTERS' } });
  expect(backTo(NOW, DISABLED)).toEqual({ kind: 'none', why: undefined });
});
