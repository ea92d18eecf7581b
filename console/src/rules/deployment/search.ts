import { flag, oneOf, text, texts } from '~/kit/url/search.ts';

/** Which deployments are listed: all, or those that somebody should look at. */
export const VIEWS = ['nowhere', 'missing'] as const;
export const TABS = ['conflicts', 'revisions'] as const;
export const OUTCOMES = ['WINS', 'LOSES', 'DOES_NOT_APPLY'] as const;
/** What can be asked for on a deployment's page; the address holds it, so that a link can lead right to it. */
export const ACTS = ['disable', 'enable', 'delete', 'approve', 'dismiss', 'except'] as const;

export type Act = (typeof ACTS)[number];

/** Whoever links here may leave any of it out. */
function anyOf<T>(search: T): Partial<T> {
  return search;
}

export function deploymentsSearch(search: Record<string, unknown>) {
  return anyOf({
    view: oneOf(search, 'view', VIEWS),
    software: text(search, 'software'),
    tenant: text(search, 'tenant'),
    deleted: flag(search, 'deleted'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
  });
}

export function deploymentSearch(search: Record<string, unknown>) {
  return anyOf({
    tab: oneOf(search, 'tab', TABS),
    outcome: oneOf(search, 'outcome', OUTCOMES),
    do: oneOf(search, 'do', ACTS),
  });
}

/** With what a new deployment begins: like another one, about this software, for this tenant, computer or person. */
export function newDeploymentSearch(search: Record<string, unknown>) {
  return anyOf({
    from: text(search, 'from'),
    software: text(search, 'software'),
    tenant: text(search, 'tenant'),
    computer: text(search, 'computer'),
    person: text(search, 'person'),
  });
}
