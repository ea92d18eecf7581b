// The public API, for what a story needs to be so before it begins, and for what somebody else does meanwhile.
import type { World } from './worlds.ts';

export async function ask<T = Record<string, unknown>>(world: World, query: string, variables: Record<string, unknown> = {}, token = world.token): Promise<T> {
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: T; errors?: unknown };
  if (!answer.data || answer.errors) throw new Error(`${response.status}: ${JSON.stringify(answer.errors ?? answer)}`);
  return answer.data;
}

interface Payload {
  userErrors?: readonly { code: string; message: string }[];
}

/** A change that somebody else makes; a story whose other person is refused has not begun. The mutation has to ask for `userErrors`. */
export async function change<T extends Record<string, Payload>>(
  world: World,
  mutation: string,
  variables: Record<string, unknown> = {},
  token = world.token,
): Promise<T> {
  const data = await ask<T>(world, mutation, variables, token);
  for (const [name, payload] of Object.entries(data)) {
    if (!payload?.userErrors || payload.userErrors.length > 0) throw new Error(`${name}: ${JSON.stringify(payload)}`);
  }
  return data;
}

export interface Token {
  id: string;
  secret: string;
  revoke: () => Promise<unknown>;
}

/** A token of somebody's own; of a tenant, if one is named. */
export async function tokenFor(world: World, name: string, role: string, tenantId?: string): Promise<Token> {
  const { made } = await change<{ made: Payload & { apiToken: { uuid: string }; secret: string } }>(
    world,
    'mutation ($input: CreateApiTokenInput!) { made: createApiToken(input: $input) { apiToken { uuid } secret userErrors { code message } } }',
    { input: { name, role, tenantId } },
  );
  const id = made.apiToken.uuid;
  const revoke = () => change(world, 'mutation ($id: ID!) { done: revokeApiToken(input: { id: $id }) { userErrors { code message } } }', { id });
  return { id, secret: made.secret, revoke };
}

/** The first thing of a list that is called so. */
export async function idOf(world: World, list: 'computers' | 'tenants' | 'catalogue', name: string): Promise<string> {
  const { found } = await ask<{ found: { nodes: { uuid: string; name: string }[] } }>(world, `{ found: ${list} { nodes { uuid name } } }`);
  const id = found.nodes.find((each) => each.name === name)?.uuid;
  if (!id) throw new Error(`${list} have no ${name}`);
  return id;
}

/** A rule that no other story knows: Acrobat at Fabrikam, updated where it is found. */
export async function acrobatAtFabrikam(world: World): Promise<{ id: string; remove: () => Promise<unknown> }> {
  const { made } = await change<{ made: Payload & { deployment: { uuid: string } } }>(
    world,
    'mutation ($input: CreateDeploymentInput!) { made: createDeployment(input: $input) { deployment { uuid } userErrors { code message } } }',
    {
      input: {
        softwareId: await idOf(world, 'catalogue', 'Adobe Acrobat'),
        target: { scope: { singleTenant: { tenantId: await idOf(world, 'tenants', 'Fabrikam') } } },
        desired: { kind: 'UPDATE_IF_FOUND' },
      },
    },
  );
  const id = made.deployment.uuid;
  const remove = () => change(world, 'mutation ($id: ID!) { done: deleteDeployment(input: { id: $id }) { userErrors { code message } } }', { id });
  return { id, remove };
}
