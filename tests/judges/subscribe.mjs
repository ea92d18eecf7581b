// graphql-ws, the reference client: a query, a mutation, and events that are followed from a position.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { token }, retryAttempts: 0 });

const once = (query, variables) =>
  new Promise((resolve, reject) => {
    let result;
    client.subscribe({ query, variables }, { next: (value) => (result = value), error: reject, complete: () => resolve(result) });
  });

const before = await once('{ server { position } }');
const position = before.data.server.position;
if (before.extensions.position !== position) throw new Error('the position is in the extensions');
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
  if (seen.length === 3) {
    once('mutation { createTenant(input: { name: "four" }) { tenant { id } } }');
  }
  if (seen.length === 4) break;
}
console.log(seen.join(' '));
await client.dispose();
