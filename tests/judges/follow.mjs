// graphql-sse, the reference client: a query, a mutation, and events that are followed from a position as server-sent events.
import { createClient } from 'graphql-sse';

const [url, token] = process.argv.slice(2);
const client = createClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });

const once = async (query, variables) => {
  for await (const result of client.iterate({ query, variables })) return result;
};

const before = await once('{ server { position } }');
const position = before.data.server.position;
if (before.extensions.position !== position) throw new Error('the position is in the extensions');
const invalid = await once('{ nothing }');
if (!invalid.errors || 'data' in invalid) throw new Error('what is invalid is told in the stream');
for (const name of ['one', 'two', 'three']) {
  await once('mutation($name: String!) { createTenant(input: { name: $name }) { tenant { id } } }', { name });
}

// The three are history now; the fourth is live.
const seen = [];
const follow = client.iterate({
  query: `subscription($after: Position!) {
    events(after: $after, filter: { types: ["TenantCreated"] }) { position type data } }`,
  variables: { after: position },
});
for await (const { data, extensions } of follow) {
  if (BigInt(extensions.position) < BigInt(data.events.position)) throw new Error('the answer is older than its event');
  seen.push(data.events.data.name);
  if (seen.length === 3) once('mutation { createTenant(input: { name: "four" }) { tenant { id } } }');
  if (seen.length === 4) break;
}
console.log(seen.join(' '));
client.dispose();
