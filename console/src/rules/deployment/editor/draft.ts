// A deployment that is being written. It keeps what was typed for choices that are not made at the moment, so that trying another one out
// loses nothing; `fitted` says what counts.

import type { Item as CatalogueItem } from '~/catalogue/item/item.ts';
import {
  type DesiredStateKind,
  type Enforcement,
  hasVersion,
  type MembershipKind,
  type Origin,
  SOFTWARE_STATES,
  TASK_STATES,
  type TagBearer,
  type TargetFilter,
} from '../kinds.ts';
import type { Told } from '../told.ts';

type Kind = CatalogueItem['kind'];

/** Something that was chosen, with its name, so that the sentence can speak of it. */
export interface Chosen {
  id: string;
  name: string;
}

export interface Item extends Chosen {
  kind: Kind;
  /** What tells it from others of its name. */
  which?: string | undefined;
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
export const CLOUD_TASK_ENFORCEMENTS: readonly Enforcement[] = ['REQUIRED', 'AD_HOC'];

/** Another item: what was said of the one before, says nothing of it. */
export function ofItem(item: Item | undefined): Pick<Draft, 'item' | 'version' | 'told'> {
  return { item, version: '', told: [] };
}

/** The draft with those choices that the others leave: what is shown, previewed and saved. */
export function fitted(draft: Draft): Draft {
  const isIndividual = draft.scope === 'computer' || draft.scope === 'person';
  // Of an item that the viewer may not see nothing is known: what it is told stays.
  const isTold = draft.item === undefined || draft.item.kind === 'task';
  const fit = { ...draft, desired: fittedState(draft), told: isTold ? draft.told : [] };
  if (draft.item?.kind !== 'cloudTask') return { ...fit, membership: isIndividual ? 'ALL_COMPUTERS' : draft.membership };
  return {
    ...fit,
    scope: isIndividual ? 'everyTenant' : draft.scope,
    membership: has(TENANT_MEMBERSHIPS, draft.membership) ? draft.membership : 'ALL_COMPUTERS',
    tagOn: 'TENANT',
    filter: 'ALL_COMPUTERS',
    enforcement: has(CLOUD_TASK_ENFORCEMENTS, draft.enforcement) ? draft.enforcement : 'REQUIRED',
  };
}

/** What can be wanted of an item. */
export function statesOf(kind: Kind | undefined): readonly DesiredStateKind[] {
  return kind === 'task' || kind === 'cloudTask' ? TASK_STATES : SOFTWARE_STATES;
}

/** Of a task that takes other states than what was chosen before, the first one. */
function fittedState({ item, desired }: Draft): DesiredStateKind {
  const states = statesOf(item?.kind);
  return has(states, desired) ? desired : (states[0] as DesiredStateKind);
}

function has<T>(all: readonly T[], one: unknown): boolean {
  return (all as readonly unknown[]).includes(one);
}

/** What has to be said before it can be previewed, in the order of the form. */
export function missing(draft: Draft): string[] {
  const { item, desired, version, scope, membership, ...typed } = fitted(draft);
  const wanted: [isMissing: boolean, what: string][] = [
    [!item, 'the software or the task'],
    [hasVersion(desired) && !version.trim(), 'the version'],
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
