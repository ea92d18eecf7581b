// The token is entered under "Headers" and stays in this browser tab. A mistyped one is answered with 401.
const welcome = `# Welcome to Upkeep. Put your token under "Headers" below first:
#
#   {"Authorization": "Bearer upt_…"}
#
# Then run this with the button or Ctrl-Enter: who gets what, and why.
# The round arrows at the lower left fetch the documentation, now that there is a token.

{
  computers {
    nodes {
      name
      tenant { name }
      resolution {
        nodes {
          software { name }
          winner { desired { text } explanation }
        }
      }
    }
  }
}
`;
const socket = location.origin.replace(/^http/, 'ws') + '/graphql';
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
root.render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl: socket }),
    defaultQuery: welcome,
    defaultHeaders: '{"Authorization": "Bearer "}',
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: 'headers',
  }),
);
