import { flag, oneOf, optional, text, texts } from '~/kit/url/search.ts';

export const STANDINGS = ['TRUSTED', 'HELD', 'REVOKED'] as const;

/** What the list of agents shows, as the address holds it. */
export function agentsSearch(search: Record<string, unknown>) {
  return optional({
    name: text(search, 'name'),
    tenant: text(search, 'tenant'),
    standing: oneOf(search, 'standing', STANDINGS),
    connected: flag(search, 'connected'),
    version: text(search, 'version'),
    order: text(search, 'order'),
    columns: texts(search, 'columns'),
  });
}

/** For which tenant somebody enrols. */
export function enrolSearch(search: Record<string, unknown>) {
  return optional({ tenant: text(search, 'tenant'), revoked: flag(search, 'revoked') });
}
