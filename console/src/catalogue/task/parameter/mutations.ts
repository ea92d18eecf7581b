import { graphql } from '~/kit/api/graphql.ts';

export const defineParameters = graphql(`
  mutation DefineTaskParameters($input: DefineTaskParametersInput!) {
    defineTaskParameters(input: $input) { task { uuid } position userErrors { code message field } }
  }
`);
