// How wide a deployment of the viewer may reach. A role that may for one computer need not for a tenant, nor one that may there for all.
import type { Possibility } from '~/kit/action/Action.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { makesQuery } from './useMakes.ts';

const MUTATION = 'createDeployment';

/** Of each width whether anything may be written there; where nothing is yet that could say so, it is tried. */
export function useScopes(): Readonly<Record<'everyTenant' | 'tenant' | 'computer' | 'person', Possibility | undefined>> {
  const { data } = usePage(makesQuery, { tenant: '', isInOne: false }, { concerns: ['TENANT', 'API_TOKEN', 'COMPUTER', 'PERSON'] });
  const at = (may: May | undefined) => possible(may, MUTATION);
  return {
    everyTenant: at(data?.viewer?.mayMake),
    tenant: at(data?.viewer?.tenant?.may ?? data?.tenants?.nodes[0]?.may),
    computer: at(data?.computers?.nodes[0]?.may),
    person: at(data?.people?.nodes[0]?.may),
  };
}
