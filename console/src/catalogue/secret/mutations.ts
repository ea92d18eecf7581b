import { graphql } from '~/kit/api/graphql.ts';

export const createSecret = graphql(`
  mutation CreateSecret($input: CreateSecretInput!) {
    createSecret(input: $input) { secret { id uuid name } position userErrors { code message field } }
  }
`);

export const changeSecret = graphql(`
  mutation ChangeSecret($input: ChangeSecretInput!) {
    changeSecret(input: $input) { secret { uuid } position userErrors { code message field } }
  }
`);

export const removeSecret = graphql(`
  mutation RemoveSecret($input: RemoveSecretInput!) {
    removeSecret(input: $input) { secret { uuid } position userErrors { code message field } }
  }
`);
