// Tenants, with the mutations that change the list of them, and what is told of them as it happens.
import { graphql } from 'relay-runtime';

/** The same in both directions, below something that has an id. */
export const below = graphql`
  fragment tenants_computers on Tenant
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 1 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  )
  @refetchable(queryName: "tenantsComputersQuery") {
    computers(first: $count, after: $after, last: $last, before: $before) @connection(key: "tenants_computers_computers") {
      edges { node { id name } }
    }
  }
`;

export const create = graphql`
  mutation tenantsCreateMutation($input: CreateTenantInput!, $connections: [ID!]!) {
    createTenant(input: $input) {
      tenant @appendNode(connections: $connections, edgeTypeName: "TenantEdge") { id name }
      userErrors { code message field }
    }
  }
`;

export const rename = graphql`
  mutation tenantsRenameMutation($input: RenameTenantInput!) @raw_response_type {
    renameTenant(input: $input) {
      tenant { id name revision changed { at by { kind } } }
      userErrors { code message }
      position
    }
  }
`;

export const events = graphql`
  subscription tenantsEventsSubscription($after: Position) {
    events(after: $after, filter: { types: ["TenantCreated"] }) { id type data }
  }
`;

export const past = graphql`
  query tenantsPastQuery($asOf: AsOfInput) {
    tenants(first: 50, asOf: $asOf) @connection(key: "tenantsPastQuery_tenants") { edges { node { id name } } }
  }
`;
