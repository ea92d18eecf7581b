// Whether "latest" of a software is what each computer says that it can get (docs/software.md).
import { ofRole } from '~/catalogue/script/roles.ts';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';

const askedQuery = graphql(`
  query IsSoftwareAsked($id: ID!, $asOf: AsOfInput) { software(id: $id, asOf: $asOf) { scripts { role } } }
`);

/** Not where no software is named, and while that is not known. */
export function useIsAsked(id: string | undefined): boolean {
  const { data } = usePage(askedQuery, { id: id ?? '' }, { concerns: ['SOFTWARE'], pause: id === undefined });
  return id !== undefined && ofRole(data?.software?.scripts ?? [], 'AVAILABLE') !== undefined;
}
