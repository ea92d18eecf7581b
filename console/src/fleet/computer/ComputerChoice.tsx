import { pages } from '~/kit/api/client.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { Choice } from '~/kit/form/Choice.tsx';

const findQuery = graphql(`
  query FindComputers($text: String) {
    computers(filter: { nameContains: $text }, orderBy: { field: NAME }, first: 20) { nodes { uuid name } }
  }
`);
const nameQuery = graphql('query NameOfComputer($id: ID!) { computer(id: $id) { name } }');

/** One computer, to filter by. */
export function ComputerChoice({ value, choose }: { value: string | undefined; choose: (computer: string | undefined) => void }) {
  return <Choice label="Computer" placeholder="Computer…" value={value} choose={choose} find={find} nameOf={nameOf} />;
}

async function find(text: string) {
  const { data } = await pages.query(findQuery, { text: text || null }).toPromise();
  return (data?.computers?.nodes ?? []).map(({ uuid, name }) => ({ value: uuid, label: name }));
}

async function nameOf(id: string) {
  const { data } = await pages.query(nameQuery, { id }).toPromise();
  return data?.computer?.name;
}
