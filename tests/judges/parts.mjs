// Apollo's client over HTTP alone: a query, a mutation, and events that are followed from a position in the parts of one answer.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';

const [uri, token] = process.argv.slice(2);
const link = new HttpLink({ uri, headers: { authorization: `Bearer ${token}` } });
const client = new ApolloClient({ link, cache: new InMemoryCache() });

const create = (name) =>
  client.mutate({
    mutation: gql`mutation($name: String!) { createTenant(input: { name: $name }) { tenant { id } } }`,
    variables: { name },
  });

const { data } = await client.query({ query: gql`{ server { position } }` });
for (const name of ['one', 'two', 'three']) await create(name);

// The three are history now; the fourth is live, and told while nothing else happens.
const seen = [];
await new Promise((resolve, reject) => {
  const followed = client.subscribe({
    query: gql`subscription($after: Position!) {
      events(after: $after, filter: { types: ["TenantCreated"] }) { position data } }`,
    variables: { after: data.server.position },
  });
  const subscription = followed.subscribe({
    next: ({ data, error }) => {
      if (error) return reject(error);
      seen.push(data.events.data.name);
      if (seen.length === 3) create('four').catch(reject);
      if (seen.length < 4) return;
      subscription.unsubscribe();
      resolve();
    },
    error: reject,
  });
});
console.log(seen.join(' '));
