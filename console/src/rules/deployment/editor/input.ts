// A draft as the API takes it, and a deployment as a draft.

import { itemIn, type Named, type OfItem } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import type { PreviewInput } from '../../preview/usePreview.ts';
import { hasVersion } from '../kinds.ts';
import { type Told, toldFragment, toldIn } from '../told.ts';
import { type Chosen, type Draft, EMPTY, fitted } from './draft.ts';

export const targetFragment = graphql(`
  fragment TargetOfDraft on Target @_unmask {
    filter
    scope {
      crossTenant
      singleTenant { tenantId includeChildren tenant { uuid name } }
      computerId computer { uuid name }
      personId person { uuid name }
    }
    membership {
      kind
      tag { tag on }
      deviceGroupId directoryGroupId group { uuid name }
      agreementType agreementProduct metascript expression
    }
  }
`);

export const draftFragment = graphql(
  `
  fragment DraftOfDeployment on Deployment {
    uuid revision
    software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name }
    desired { kind version }
    enforcement origin
    target { ...TargetOfDraft }
    parameters { ...ToldToTask }
  }
`,
  [targetFragment, toldFragment, whichFragment],
);

/** What can be changed of a deployment, as the API tells it: of now, or of a revision. */
export type Wording = Pick<ResultOf<typeof draftFragment>, 'desired' | 'enforcement' | 'target' | 'parameters'>;

type CreateInput = NonNullable<Extract<PreviewInput, { createDeployment: unknown }>['createDeployment']>;
type TargetInput = CreateInput['target'];

/** The parts of a deployment that can be changed, each for itself. */
export type Rule = Pick<CreateInput, 'target' | 'desired'> & { enforcement: Draft['enforcement']; parameters: Told[] };

/** Of a draft that lacks nothing. */
export function ruleOf(draft: Draft): Rule {
  const { desired, version, filter, enforcement, told, ...rest } = fitted(draft);
  return {
    target: { scope: scopeOf(rest), membership: membershipOf(rest), filter },
    desired: hasVersion(desired) ? { kind: desired, version: version.trim() } : { kind: desired },
    enforcement,
    parameters: [...told],
  };
}

/** Which item a new deployment is about, and where it comes from. */
export function subjectOf({ item, origin }: Draft): Pick<CreateInput, 'softwareId' | 'taskId' | 'cloudTaskId' | 'origin'> {
  return { ...(item && { [`${item.kind}Id` as const]: item.id }), origin };
}

/** Those parts that differ from what they were. */
export function changedParts(before: Draft, after: Draft): Partial<Rule> {
  const [was, is] = [ruleOf(before), ruleOf(after)];
  const same = (part: keyof Rule) => JSON.stringify(was[part]) === JSON.stringify(is[part]);
  return {
    ...(same('target') ? {} : { target: is.target }),
    ...(same('desired') ? {} : { desired: is.desired }),
    ...(same('enforcement') ? {} : { enforcement: is.enforcement }),
    ...(same('parameters') ? {} : { parameters: is.parameters }),
  };
}

type Fit = Pick<Draft, Exclude<keyof Draft, 'desired' | 'version' | 'filter' | 'enforcement' | 'told'>>;

function scopeOf({ scope, tenant, includesChildren, computer, person }: Fit): TargetInput['scope'] {
  if (scope === 'tenant') return { singleTenant: { tenantId: tenant?.id ?? '', includeChildren: includesChildren } };
  if (scope === 'computer') return { computerId: computer?.id ?? '' };
  if (scope === 'person') return { personId: person?.id ?? '' };
  return { crossTenant: true };
}

function membershipOf(draft: Fit): NonNullable<TargetInput['membership']> {
  switch (draft.membership) {
    case 'TAG':
      return { tag: { tag: draft.tag.trim(), on: draft.tagOn } };
    case 'DEVICE_GROUP':
      return { deviceGroupId: draft.deviceGroup?.id ?? '' };
    case 'DIRECTORY_GROUP':
      return { directoryGroupId: draft.directoryGroup?.id ?? '' };
    case 'AGREEMENT_TYPE':
      return { agreementType: draft.agreementType.trim() };
    case 'AGREEMENT_PRODUCT':
      return { agreementProduct: draft.agreementProduct.trim() };
    case 'METASCRIPT':
      return { metascript: draft.metascript.trim() };
    case 'EXPRESSION':
      // As it was typed: the server's mistakes name its lines and columns.
      return { expression: draft.expression };
    case 'ALL_COMPUTERS':
      return { allComputers: true };
  }
}

export function draftOf(masked: FragmentOf<typeof draftFragment>): Draft {
  const deployment = readFragment(draftFragment, masked);
  return { ...worded(deployment), item: itemOf(deployment), origin: deployment.origin };
}

/** The draft with what it said at another time. */
export function draftThen(now: Draft, then: Wording): Draft {
  return { ...worded(then), item: now.item, origin: now.origin };
}

function worded({ desired, target, enforcement, parameters }: Wording): Draft {
  const { scope, membership, filter } = target;
  const group = chosen(membership.group, membership.deviceGroupId ?? membership.directoryGroupId);
  return {
    ...EMPTY,
    desired: desired.kind,
    version: desired.version ?? '',
    ...scopeChoice(scope),
    membership: membership.kind,
    tag: membership.tag?.tag ?? '',
    tagOn: membership.tag?.on ?? 'COMPUTER',
    deviceGroup: membership.kind === 'DEVICE_GROUP' ? group : undefined,
    directoryGroup: membership.kind === 'DIRECTORY_GROUP' ? group : undefined,
    agreementType: membership.agreementType ?? '',
    agreementProduct: membership.agreementProduct ?? '',
    metascript: membership.metascript ?? '',
    expression: membership.expression ?? '',
    filter,
    enforcement,
    told: toldIn(parameters),
  };
}

function scopeChoice(scope: Wording['target']['scope']): Partial<Draft> {
  const { singleTenant, computer, computerId, person, personId } = scope;
  if (singleTenant) {
    return { scope: 'tenant', tenant: chosen(singleTenant.tenant, singleTenant.tenantId), includesChildren: singleTenant.includeChildren };
  }
  if (computerId) return { scope: 'computer', computer: chosen(computer, computerId) };
  if (personId) return { scope: 'person', person: chosen(person, personId) };
  return { scope: 'everyTenant' };
}

export function itemOf(of: OfItem): Draft['item'] {
  const item = itemIn(of);
  return item && { kind: item.kind, id: item.uuid, name: item.name, which: item.which };
}

/** What the viewer may not see, or what is gone, has an id and no name. */
export function chosen(thing: Named | null | undefined, id: string | null | undefined): Chosen | undefined {
  if (thing) return { id: thing.uuid, name: thing.name ?? thing.uuid };
  return id ? { id, name: 'one that you cannot see' } : undefined;
}
