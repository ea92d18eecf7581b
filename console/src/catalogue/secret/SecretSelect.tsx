// A secret among those that can be told for somebody's computers.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { type Found, SearchSelect, type SearchSelectProps, type Sought } from '~/kit/select/SearchSelect.tsx';
import { ownerWords } from './secret.ts';

const foundFragment = graphql('fragment FoundSecret on Secret @_unmask { id name isOfInstallation tenant { name } }');

const secretsFoundQuery = graphql(
  `
    query SecretsFound($text: String!, $tenant: ID, $id: ID!, $isChosen: Boolean!, $asOf: AsOfInput) {
      secrets(filter: { nameContains: $text, forTenantId: $tenant }, first: 50, asOf: $asOf) { nodes { ...FoundSecret } }
      secret(id: $id, asOf: $asOf) @include(if: $isChosen) { ...FoundSecret }
    }
  `,
  [foundFragment],
);

/** Whose computers it is told for: those of one tenant, or of several, for whom it has to be the installation's. */
export type Whose = { tenantId: string } | 'several';

interface Props extends Omit<SearchSelectProps, 'known'> {
  whose: Whose;
}

export function SecretSelect({ whose, ...input }: Props) {
  const known = input.value === undefined ? undefined : { value: input.value, label: 'a secret that you cannot see' };
  return <SearchSelect {...input} useFound={useSecrets} within={whose === 'several' ? '' : whose.tenantId} known={known} />;
}

type FoundSecret = ResultOf<typeof foundFragment>;

function useSecrets({ text, value: id, within: tenant, isIdle }: Sought): Found {
  const variables = { text, tenant: tenant || undefined, id: id ?? '', isChosen: id !== undefined };
  const { data, isReading } = usePage(secretsFoundQuery, variables, { concerns: ['SECRET'], keep: true, pause: isIdle && id === undefined });
  const found = (data?.secrets?.nodes ?? []).filter(({ isOfInstallation }) => tenant !== '' || isOfInstallation);
  return { options: found.map(optionOf), chosen: data?.secret ? optionOf(data.secret) : undefined, isReading };
}

function optionOf(secret: FoundSecret) {
  return { value: secret.id, label: secret.name, detail: `of ${ownerWords(secret)}` };
}
