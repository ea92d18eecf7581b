import { oneOf, optional, text, texts } from '~/kit/url/search.ts';
import { FILTERS, type TargetFilter } from './kinds.ts';

/** Which deployments are listed: all, or those that somebody should look at. */
export const VIEWS = ['nowhere', 'missing'] as const;
export const STATUSES = ['ENABLED', 'DISABLED', 'DELETED'] as const;
export const ENFORCED = ['REQUIRED', 'ONBOARDING', 'AD_HOC', 'OPTIONAL'] as const;
export const TABS = ['conflicts', 'revisions'] as const;
export const OUTCOMES = ['WINS', 'LOSES', 'DOES_NOT_APPLY'] as const;
/** What can be asked for on a deployment's page; the address holds it, so that a link can lead right to it. */
export const ACTS = ['disable', 'enable', 'delete', 'approve', 'dismiss', 'except'] as const;

export type Act = (typeof ACTS)[number];

export function deploymentsSearch(search: Record<string, unknown>) {
  return optional({
    view: oneOf(search, 'view', VIEWS),
    text: text(search, 'text'),
    status: oneOf(search, 'status', STATUSES),
    enforcement: oneOf(search, 'enforcement', ENFORCED),
    software: text(search, 'software'),
    task: text(search, 'task'),
    tenant: text(search, 'tenant'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
  });
}

export function deploymentSearch(search: Record<string, unknown>) {
  return optional({
    tab: oneOf(search, 'tab', TABS),
    outcome: oneOf(search, 'outcome', OUTCOMES),
    /** Only the computers of this tenant. */
    tenant: text(search, 'tenant'),
    do: oneOf(search, 'do', ACTS),
  });
}

/** With what a new deployment begins: like another one, about this software or task, for this tenant, computer or person, for such computers. */
export function newDeploymentSearch(search: Record<string, unknown>) {
  return optional({
    from: text(search, 'from'),
    software: text(search, 'software'),
    task: text(search, 'task'),
    tenant: text(search, 'tenant'),
    computer: text(search, 'computer'),
    person: text(search, 'person'),
    filter: oneOf(search, 'filter', Object.keys(FILTERS) as TargetFilter[]),
  });
}
