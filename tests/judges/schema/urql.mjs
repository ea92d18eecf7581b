// urql with Graphcache, which knows the schema, against a real server that has at least two computers.
import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { getIntrospectionQuery } from 'graphql';
import { filter, pipe, take, toPromise } from 'wonka';
import { authorization, fail, holds, names, socket, url } from './live.mjs';

// What the cache warns of (what the schema does not know, what it cannot keep) is a failure.
for (const level of ['warn', 'error']) {
  console[level] = (...words) => fail(`the client says: ${words.join(' ')}`);
}

const fetchOptions = { headers: { authorization } };
const plain = new Client({ url, preferGetMethod: false, fetchOptions, exchanges: [fetchExchange] });
const { data: schema } = await plain.query(getIntrospectionQuery(), {}).toPromise();
/** Values are kept within the thing that has them. */
const part = () => null;
const forwardSubscription = ({ query, variables }) => ({
  subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
});
const client = new Client({
  url,
  preferGetMethod: false,
  fetchOptions,
  exchanges: [
    cacheExchange({ schema, keys: { Actor: part, Change: part, UserError: part, Viewer: part }, resolvers: { Query: { computers: relayPagination() } } }),
    fetchExchange,
    subscriptionExchange({ forwardSubscription }),
  ],
});

/** The data; what fails ends the program. */
async function data(request) {
  const { data: answered, error } = await request.toPromise();
  return error ? fail(error.message) : answered;
}

// Pages grow together.
const PAGE = gql`
  query Page($after: String) {
    computers(first: 1, after: $after) {
      edges { cursor node { id name created { by { kind } } } }
      nodes { id }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;
let pages = 1;
let { computers } = await data(client.query(PAGE, {}));
for (; computers.pageInfo.hasNextPage; pages += 1) {
  ({ computers } = await data(client.query(PAGE, { after: computers.pageInfo.endCursor })));
}
holds('there are two computers or more', computers.totalCount >= 2);
holds('each page has one computer', pages, computers.totalCount);
holds('relayPagination puts the edges together', new Set(computers.edges.map(({ node }) => node.id)).size, computers.totalCount);
holds('relayPagination puts the nodes together', new Set(computers.nodes.map(({ id }) => id)).size, computers.totalCount);

// What a mutation answers is in every list at once.
const TENANTS = gql`
  query Tenants {
    tenants(first: 100) { nodes { id name } }
  }
`;
const RENAME = gql`
  mutation Rename($input: RenameTenantInput!) {
    renameTenant(input: $input) { tenant { id name } userErrors { code } }
  }
`;
const CREATE = gql`
  mutation Create($name: String!) {
    createTenant(input: { name: $name }) { tenant { id name } userErrors { code } position }
  }
`;
const create = async (name) => (await data(client.mutation(CREATE, { name }))).createTenant;
const created = await create(names[0]);
await data(client.query(TENANTS, {}, { requestPolicy: 'network-only' }));
const kept = async () => {
  const { tenants } = await data(client.query(TENANTS, {}, { requestPolicy: 'cache-only' }));
  return tenants.nodes.find(({ id }) => id === created.tenant.id);
};
const renamed = `${names[0]} renamed`;
await data(client.mutation(RENAME, { input: { id: created.tenant.id, name: renamed } }));
holds('a renamed tenant has its new name in the list in the cache', (await kept()).name, renamed);

// The past is another object.
const PAST = gql`
  query Past($asOf: AsOfInput!) {
    tenants(last: 1, asOf: $asOf) { nodes { id name } }
  }
`;
const past = await data(client.query(PAST, { asOf: { position: created.position } }));
holds('asOf shows the name of then', past.tenants.nodes[0].name, names[0]);
holds('after that the present in the cache is the present', (await kept()).name, renamed);

// A field that fails leaves the others.
const HALF = gql`
  query Half {
    viewer { role }
    computer(id: "abc") { id }
  }
`;
const half = await client.query(HALF, {}).toPromise();
holds('a field that fails is null beside the others', [half.data?.viewer.role, half.data?.computer], ['MSP_ADMIN', null]);
holds('its error is there, too', half.error?.graphQLErrors[0]?.extensions.code, 'BAD_USER_INPUT');

// Who has no valid token is told so.
const nobody = { headers: { authorization: 'Bearer nobody' } };
const refused = new Client({ url, preferGetMethod: false, fetchOptions: nobody, exchanges: [fetchExchange] });
const { error } = await refused.query(HALF, {}).toPromise();
holds('a refused token has the code UNAUTHENTICATED', error?.graphQLErrors[0]?.extensions.code, 'UNAUTHENTICATED');

// What happens is told, from where we know everything.
const EVENTS = gql`
  subscription Events($after: Position!) {
    events(after: $after, filter: { types: ["TenantCreated"] }) { id type data }
  }
`;
const told = pipe(
  client.subscription(EVENTS, { after: created.position }),
  filter(({ data: event, error: failed }) => event ?? failed),
  take(1),
  toPromise,
);
await create(names[1]);
const { data: event, error: failed } = await told;
holds('a subscription tells of a tenant that is created', event?.events.data.name ?? failed?.message, names[1]);

await socket.dispose();
