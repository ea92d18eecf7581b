import { graphql } from '~/kit/api/graphql.ts';

export const addPrerequisite = graphql(`
  mutation AddPrerequisite($input: AddPrerequisiteInput!) {
    addPrerequisite(input: $input) { prerequisite { uuid } position userErrors { code message field } }
  }
`);

export const changePrerequisite = graphql(`
  mutation ChangePrerequisite($input: ChangePrerequisiteInput!) {
    changePrerequisite(input: $input) { prerequisite { uuid } position userErrors { code message field } }
  }
`);

export const removePrerequisite = graphql(`
  mutation RemovePrerequisite($input: RemovePrerequisiteInput!) {
    removePrerequisite(input: $input) { removedId position userErrors { code message field } }
  }
`);
