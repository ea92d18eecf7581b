import { graphql } from '~/kit/api/graphql.ts';

export const createDeployment = graphql(`
  mutation CreateDeployment($input: CreateDeploymentInput!) {
    done: createDeployment(input: $input) {
      position
      userErrors { code message field }
      deployment { uuid target { text } conflictCount }
    }
  }
`);

export const changeDeployment = graphql(`
  mutation ChangeDeployment($input: ChangeDeploymentInput!) {
    done: changeDeployment(input: $input) {
      position
      userErrors { code message field }
      deployment { uuid target { text } conflictCount }
    }
  }
`);
