// A page of computers, each shown by a part of the program that sees only what it asked for.
import type { ResultOf } from '@graphql-typed-document-node/core';
import { type FragmentType, graphql, unmask } from '../generated/codegen';

const row = graphql(`
  fragment Row on Computer {
    id
    name
    lastSeenAt
    computerClass
  }
`);

export const page = graphql(`
  query Page($first: Int, $after: String, $filter: ComputerFilter) {
    computers(first: $first, after: $after, filter: $filter) {
      edges { cursor node { id ...Row } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

function shown(computer: FragmentType<typeof row>): string {
  // @ts-expect-error: it is masked.
  const unseen = computer.name;
  const { name, lastSeenAt, computerClass } = unmask(row, computer);
  const isServer: boolean = computerClass === 'SERVER';
  return `${name} ${isServer} ${lastSeenAt?.slice(0, 10) ?? 'never'} ${unseen}`;
}

export function all({ computers }: ResultOf<typeof page>): string[] {
  // What fails is null, and leaves the others of the request.
  if (!computers) return [];
  const cursor: string | null | undefined = computers.pageInfo.endCursor;
  return [...computers.edges.map(({ node }) => shown(node)), `${cursor} ${computers.totalCount ?? 0}`];
}
