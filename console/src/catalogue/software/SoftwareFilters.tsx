// Which software is listed, with how much of it is whose: all of the same moment as the list.
import { Link } from '@tanstack/react-router';
import { graphql } from '~/kit/api/graphql.ts';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Choice } from '~/kit/select/Choice.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { grouped } from '~/kit/text/words.ts';
import type { catalogueSearch } from './search.ts';

const countsQuery = graphql(`
  query SoftwareCounts($text: String, $asOf: AsOfInput) {
    own: catalogue(filter: { textContains: $text, ownership: OWN }, first: 1, asOf: $asOf) { totalCount }
    titles: catalogue(filter: { textContains: $text, ownership: CATALOGUE }, first: 1, asOf: $asOf) { totalCount }
    withdrawn: catalogue(filter: { textContains: $text, isWithdrawn: true }, first: 1, asOf: $asOf) { totalCount }
    catalogueSources(asOf: $asOf) { name titleCount }
  }
`);

type Search = ReturnType<typeof catalogueSearch>;

interface Props {
  search: Search;
  change: (changed: Partial<Search>) => void;
  /** Of the list that is shown. */
  position: string | undefined;
}

const OWNERSHIPS = [
  { value: 'OWN', label: 'Your own' },
  { value: 'CATALOGUE', label: 'The catalogue' },
] as const;
const WITHDRAWN = [
  { value: 'yes', label: 'Withdrawn' },
  { value: 'no', label: 'Not withdrawn' },
] as const;

export function SoftwareFilters({ search, change, position }: Props) {
  const { data } = useBeside(countsQuery, { text: search.text }, position);
  const sources = data?.catalogueSources ?? [];
  const known = search.source && !sources.some(({ name }) => name === search.source) ? [{ name: search.source, titleCount: undefined }] : [];
  const counts: Readonly<Record<string, number | null | undefined>> = {
    OWN: data?.own?.totalCount,
    CATALOGUE: data?.titles?.totalCount,
    yes: data?.withdrawn?.totalCount,
  };
  const countOf = (value: string) => (typeof counts[value] === 'number' ? grouped(counts[value]) : undefined);
  return (
    <>
      <TextFilter label="Name, publisher, identifier or tag" value={search.text} onChange={(text) => change({ text })} width={260} />
      <Choice label="Whose" options={OWNERSHIPS} value={search.whose} onChange={(whose) => change({ whose })} detailOf={countOf} width={150} />
      <Choice
        label="Source"
        options={[...sources, ...known].map(({ name }) => ({ value: name, label: name }))}
        value={search.source}
        onChange={(source) => change({ source })}
        width={150}
      />
      <Choice label="Withdrawn" options={WITHDRAWN} value={search.withdrawn} onChange={(withdrawn) => change({ withdrawn })} detailOf={countOf} width={150} />
      {data?.own && data.titles && (
        <span className="dimmed small">
          {grouped(data.own.totalCount ?? 0)} your own, {grouped(data.titles.totalCount ?? 0)} of <Link to="/software/sources">the catalogue</Link>
        </span>
      )}
    </>
  );
}
