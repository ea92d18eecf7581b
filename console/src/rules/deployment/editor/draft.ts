// A deployment that is being written. It keeps what was typed for choices that are not made at the moment, so that trying another one out
// loses nothing; `fitted` says what counts.
import {
  type DesiredStateKind,
  type Enforcement,
  type MembershipKind,
  type Origin,
  SOFTWARE_STATES,
  TASK_STATES,
  type TagBearer,
  type TargetFilter,
} from '../kinds.ts';
import type { Told } from './told.ts';

/** Something that was chosen, with its name, so that the sentence can speak of it. */
export interface Chosen {
  id: string;
  name: string;
}

export interface Item extends Chosen {
  kind: 'software' | 'cloudTask';
}

export type ScopeChoice = 'everyTenant' | 'tenant' | 'computer' | 'person';

export interface Draft {
  item?: Item | undefined;
  desired: DesiredStateKind;
  version: string;
  scope: ScopeChoice;
  tenant?: Chosen | undefined;
  includesChildren: boolean;
  computer?: Chosen | undefined;
  person?: Chosen | undefined;
  membership: MembershipKind;
  tag: string;
  tagOn: TagBearer;
  deviceGroup?: Chosen | undefined;
  directoryGroup?: Chosen | undefined;
  agreementType: string;
  agreementProduct: string;
  metascript: string;
  expression: string;
  filter: TargetFilter;
  enforcement: Enforcement;
  origin: Origin;
  /** What its task is told. */
  told: readonly Told[];
}

export const EMPTY: Draft = {
  desired: 'INSTALLED_LATEST',
  version: '',
  scope: 'everyTenant',
  includesChildren: false,
  membership: 'ALL_COMPUTERS',
  tag: '',
  tagOn: 'COMPUTER',
  agreementType: '',
  agreementProduct: '',
  metascript: '',
  expression: '',
  filter: 'ALL_COMPUTERS',
  enforcement: 'REQUIRED',
  origin: 'LOCAL',
  told: [],
};

/** A cloud task is for tenants: these choose tenants (docs/resolution.md; the server checks it). */
export const TENANT_MEMBERSHIPS: readonly MembershipKind[] = ['ALL_COMPUTERS', 'TAG', 'AGREEMENT_TYPE', 'AGREEMENT_PRODUCT'];
export const TASK_ENFORCEMENTS: readonly Enforcement[] = ['REQUIRED', 'AD_HOC'];

/** The draft with those choices that the others leave: what is shown, previewed and saved. */
export function fitted(draft: Draft): Draft {
  const isIndividual = draft.scope === 'computer' || draft.scope === 'person';
  if (draft.item?.kind !== 'cloudTask') {
    const desired = has(SOFTWARE_STATES, draft.desired) ? draft.desired : 'INSTALLED_LATEST';
    return { ...draft, desired, membership: isIndividual ? 'ALL_COMPUTERS' : draft.membership };
  }
  return {
    ...draft,
    desired: has(TASK_STATES, draft.desired) ? draft.desired : 'ENFORCE',
    scope: isIndividual ? 'everyTenant' : draft.scope,
    membership: has(TENANT_MEMBERSHIPS, draft.membership) ? draft.membership : 'ALL_COMPUTERS',
    tagOn: 'TENANT',
    filter: 'ALL_COMPUTERS',
    enforcement: has(TASK_ENFORCEMENTS, draft.enforcement) ? draft.enforcement : 'REQUIRED',
  };
}

function has<T>(all: readonly T[], one: unknown): boolean {
  return (all as readonly unknown[]).includes(one);
}

/** What has to be said before it can be previewed, in the order of the form. */
export function missing(draft: Draft): string[] {
  const { item, desired, version, scope, membership, ...typed } = fitted(draft);
  const wanted: [isMissing: boolean, what: string][] = [
    [!item, 'the software or the cloud task'],
    [desired === 'INSTALLED_EXACTLY' && !version.trim(), 'the version'],
    [scope === 'tenant' && !typed.tenant, 'the tenant'],
    [scope === 'computer' && !typed.computer, 'the computer'],
    [scope === 'person' && !typed.person, 'the person'],
    [membership === 'TAG' && !typed.tag.trim(), 'the tag'],
    [membership === 'DEVICE_GROUP' && !typed.deviceGroup, 'the group'],
    [membership === 'DIRECTORY_GROUP' && !typed.directoryGroup, 'the group'],
    [membership === 'AGREEMENT_TYPE' && !typed.agreementType.trim(), 'the type of the agreement'],
    [membership === 'AGREEMENT_PRODUCT' && !typed.agreementProduct.trim(), 'the product'],
    [membership === 'METASCRIPT' && !typed.metascript.trim(), 'the metascript'],
    [membership === 'EXPRESSION' && !typed.expression.trim(), 'the expression'],
  ];
  return wanted.filter(([isMissing]) => isMissing).map(([, what]) => what);
}
