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
