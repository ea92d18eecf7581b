import { getRouteApi } from '@tanstack/react-router';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Missing, PageBody } from '~/kit/state/PageBody.tsx';

const computerQuery = graphql(`
  query Computer($id: ID!, $asOf: AsOfInput) {
    computer(id: $id, asOf: $asOf) { uuid name }
  }
`);

const route = getRouteApi('/computers/$id');

export function ComputerPage() {
  const { id } = route.useParams();
  // Another computer is another page: nothing of the one before is shown under its address.
  return <OneComputer key={id} id={id} />;
}

function OneComputer({ id }: { id: string }) {
  const page = usePage(computerQuery, { id }, { concerns: ['COMPUTER', 'MAINTENANCE_SESSION', 'DEPLOYMENT'] });
  return <PageBody page={page}>{({ computer }) => (computer ? <h1>{computer.name}</h1> : <Missing what="computer" />)}</PageBody>;
}
