// One of a software's published versions, the newest first; of a software that says by itself what it can get, any version.
import { Autocomplete, Select } from '@mantine/core';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { useIsAsked } from './useIsAsked.ts';

const versionsQuery = graphql(`
  query VersionsToChoose($id: ID!, $asOf: AsOfInput) {
    software(id: $id, asOf: $asOf) { versions(last: 100) { nodes { version } } }
  }
`);

interface Props {
  softwareId: string;
  value: string;
  onChange: (version: string) => void;
  error?: React.ReactNode;
}

export function VersionSelect({ softwareId, value, onChange, error }: Props) {
  const { data } = usePage(versionsQuery, { id: softwareId }, { concerns: ['SOFTWARE'] });
  const isAsked = useIsAsked(softwareId);
  const published = (data?.software?.versions.nodes ?? []).map(({ version }) => version).reverse();
  if (isAsked) {
    return (
      <Autocomplete
        label="Version"
        description="As the computer's own source writes it: it does not have to be published here."
        required
        data={published}
        value={value}
        onChange={onChange}
        error={error}
      />
    );
  }
  // A deployment may want a version that was withdrawn since.
  const versions = value && !published.includes(value) ? [value, ...published] : published;
  return (
    <Select
      label="Version"
      placeholder="Choose one"
      searchable
      data={versions}
      value={value || null}
      onChange={(version) => onChange(version ?? '')}
      error={error}
      nothingFoundMessage={published.length === 0 ? 'No version is published yet.' : 'No such version is published.'}
    />
  );
}
