// A page of computers, as a program on Relay has it: a connection that grows, and computers that are read again by their ids.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query computersQuery($first: Int!, $filter: ComputerFilter) {
    ...computers_list @arguments(count: $first, filter: $filter)
  }
`;

export const list = graphql`
  fragment computers_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }, filter: { type: "ComputerFilter" })
  @refetchable(queryName: "computersPageQuery") {
    computers(first: $count, after: $cursor, filter: $filter) @connection(key: "computers_list_computers") {
      edges { node { ...computers_computer } }
    }
  }
`;

export const computer = graphql`
  fragment computers_computer on Computer
  @argumentDefinitions(sessions: { type: "Int", defaultValue: 1 })
  @refetchable(queryName: "computersComputerQuery") {
    name
    lastSeenAt
    tenant { name }
    sessions(last: $sessions) { nodes { status } }
  }
`;
