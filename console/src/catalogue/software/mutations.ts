import { graphql } from '~/kit/api/graphql.ts';

export const changeDetection = graphql(`
  mutation ChangeSoftwareDetection($input: ChangeSoftwareDetectionInput!) {
    changeSoftwareDetection(input: $input) { software { uuid } position userErrors { code message field } }
  }
`);
