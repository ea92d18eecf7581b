// Apollo Client, with its normalized cache, against a real server that has at least two computers.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { authorization, fail, holds, names, socket, url } from './live.mjs';

// What the client warns of (data that is lost in the cache, most of all) is a failure.
for (const level of ['warn', 'error']) {
  console[level] = (...words) => fail(`the client says: ${words.join(' ')}`);
}

const http = (header) => new HttpLink({ uri: url, headers: { authorization: header } });
const link = ApolloLink.split(
  ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
  new GraphQLWsLink(socket),
  http(authorization),
);
const computersByPage = { typePolicies: { Query: { fields: { computers: relayStylePagination(['filter', 'asOf']) } } } };
const client = new ApolloClient({ link, cache: new InMemoryCache(computersByPage) });

// Pages grow together.
const PAGE = gql`
  query Page($after: String) {
    computers(first: 1, after: $after) {
      edges { cursor node { id name created { by { kind } } } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;
const { data: first } = await client.query({ query: PAGE });
const list = client.watchQuery({ query: PAGE });
const watching = list.subscribe(() => {});
let pages = 1;
for (let { pageInfo } = first.computers; pageInfo.hasNextPage; pages += 1) {
  ({ pageInfo } = (await list.fetchMore({ variables: { after: pageInfo.endCursor } })).data.computers);
}
watching.unsubscribe();
const { computers } = client.readQuery({ query: PAGE });
holds('there are two computers or more', computers.totalCount >= 2);
holds('each page has one computer', pages, computers.totalCount);
holds('fetchMore puts the pages together', new Set(computers.edges.map(({ node }) => node.id)).size, computers.totalCount);

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
const create = async (name) => (await client.mutate({ mutation: CREATE, variables: { name } })).data.createTenant;
const created = await create(names[0]);
await client.query({ query: TENANTS });
const kept = async () => {
  const { data } = await client.query({ query: TENANTS, fetchPolicy: 'cache-only' });
  return data.tenants.nodes.find(({ id }) => id === created.tenant.id);
};
const renamed = `${names[0]} renamed`;
await client.mutate({ mutation: RENAME, variables: { input: { id: created.tenant.id, name: renamed } } });
holds('a renamed tenant has its new name in the list in the cache', (await kept()).name, renamed);

// The past is another object.
const PAST = gql`
  query Past($asOf: AsOfInput!) {
    tenants(last: 1, asOf: $asOf) { nodes { id name } }
  }
`;
const { data: past } = await client.query({ query: PAST, variables: { asOf: { position: created.position } } });
holds('asOf shows the name of then', past.tenants.nodes[0].name, names[0]);
holds('after that the present in the cache is the present', (await kept()).name, renamed);

// A field that fails leaves the others.
const HALF = gql`
  query Half {
    viewer { role }
    computer(id: "abc") { id }
  }
`;
const half = await client.query({ query: HALF, errorPolicy: 'all' });
holds('a field that fails is null beside the others', [half.data.viewer.role, half.data.computer], ['MSP_ADMIN', null]);
holds('its error is there, too', CombinedGraphQLErrors.is(half.error) && half.error.errors[0].extensions.code, 'BAD_USER_INPUT');

// Who has no valid token is told so.
const refused = new ApolloClient({ link: http('Bearer nobody'), cache: new InMemoryCache() });
const error = await refused.query({ query: HALF }).then(() => undefined, (thrown) => thrown);
const code = CombinedGraphQLErrors.is(error) && error.errors[0].extensions.code;
holds('a refused token has the code UNAUTHENTICATED', code, 'UNAUTHENTICATED');

// What happens is told, from where we know everything.
const EVENTS = gql`
  subscription Events($after: Position!) {
    events(after: $after, filter: { types: ["TenantCreated"] }) { id type data }
  }
`;
const told = new Promise((resolve, reject) => {
  const events = client.subscribe({ query: EVENTS, variables: { after: created.position } });
  const following = events.subscribe({
    next({ data, error: failed }) {
      following.unsubscribe();
      if (failed) reject(failed);
      else resolve(data.events.data.name);
    },
    error: reject,
  });
});
await create(names[1]);
holds('a subscription tells of a tenant that is created', await told, names[1]);

client.stop();
refused.stop();
await socket.dispose();
