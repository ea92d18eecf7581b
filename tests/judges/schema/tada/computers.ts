// Nothing is generated for these documents: the types are read out of their text.
import { type FragmentOf, readFragment, type ResultOf, type VariablesOf } from 'gql.tada';
import { graphql } from './graphql';

const row = graphql(`
  fragment Row on Computer {
    id
    name
    lastSeenAt
    computerClass
  }
`);

export const page = graphql(
  `
    query Page($first: Int, $after: String, $asOf: AsOfInput) {
      computers(first: $first, after: $after, asOf: $asOf) {
        edges { node { id ...Row } }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  `,
  [row],
);

function shown(computer: FragmentOf<typeof row>): string {
  // @ts-expect-error: it is masked.
  const unseen = computer.name;
  const { name, lastSeenAt, computerClass } = readFragment(row, computer);
  const isServer: boolean = computerClass === 'SERVER';
  return `${name} ${isServer} ${lastSeenAt?.slice(0, 10) ?? 'never'} ${unseen}`;
}

export function all({ computers }: ResultOf<typeof page>): string[] {
  // What fails is null, and leaves the others of the request.
  if (!computers) return [];
  const cursor: string | null = computers.pageInfo.endCursor;
  return [...computers.edges.map(({ node }) => shown(node)), `${cursor} ${computers.totalCount ?? 0}`];
}

export const first: VariablesOf<typeof page> = {};
export const past: VariablesOf<typeof page> = { asOf: { position: '1' } };
// @ts-expect-error: a moment is one of the two. (Both at once go through: so far the tool's unions go.)
export const neither: VariablesOf<typeof page> = { asOf: {} };

export const rename = graphql(`
  mutation Rename($input: RenameTenantInput!) {
    renameTenant(input: $input) {
      tenant { id name changed { at position } }
      userErrors { code message }
    }
  }
`);

export const short: VariablesOf<typeof rename> = { input: { id: 'x', name: 'y' } };
// @ts-expect-error: the name is not optional.
export const nameless: VariablesOf<typeof rename> = { input: { id: 'x' } };

export function changedAt({ renameTenant }: ResultOf<typeof rename>): string | undefined {
  // @ts-expect-error: the tenant is not there where userErrors says why.
  const sure = renameTenant.tenant.changed;
  // @ts-expect-error: a position is text, since it outgrows the numbers that JavaScript holds exactly.
  const position: number | undefined = renameTenant?.tenant?.changed.position;
  return renameTenant?.tenant?.changed.at;
}
