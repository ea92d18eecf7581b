// The changes of one computer, as they are sent.
import { graphql } from '~/kit/api/graphql.ts';

export const startSessionMutation = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) { session { uuid } userErrors { code message field } position }
  }
`);

export const changeTagsMutation = graphql(`
  mutation ChangeComputerTags($input: ChangeTagsInput!) {
    changeTags(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const setPersonMutation = graphql(`
  mutation SetComputerPrimaryPerson($input: SetComputerPrimaryPersonInput!) {
    setComputerPrimaryPerson(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const setExclusionMutation = graphql(`
  mutation SetComputerMaintenanceExclusion($input: SetComputerMaintenanceExclusionInput!) {
    setComputerMaintenanceExclusion(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const completeOnboardingMutation = graphql(`
  mutation CompleteOnboarding($input: CompleteOnboardingInput!) {
    completeOnboarding(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const moveComputerMutation = graphql(`
  mutation MoveComputer($input: MoveComputerInput!) {
    moveComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const removeComputerMutation = graphql(`
  mutation RemoveComputer($input: RemoveComputerInput!) {
    removeComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const restoreComputerMutation = graphql(`
  mutation RestoreComputer($input: RestoreComputerInput!) {
    restoreComputer(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);

export const approveMutation = graphql(`
  mutation SetComputerDeploymentApproval($input: SetComputerDeploymentApprovalInput!) {
    setComputerDeploymentApproval(input: $input) { computer { uuid } userErrors { code message field } position }
  }
`);
