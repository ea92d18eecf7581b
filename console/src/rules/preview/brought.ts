// What prerequisites may bring along where something is wanted that was not.
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const broughtFragment = graphql(`
  fragment Brought on BroughtAlong @_unmask {
    goal obstacle isConditional computerCount
    software { uuid name }
    prerequisite { uuid text software { uuid name } }
  }
`);

export type Brought = ResultOf<typeof broughtFragment>;
