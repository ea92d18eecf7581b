// What prerequisites may bring along where something is wanted that was not.
import { whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const broughtFragment = graphql(
  `
  fragment Brought on BroughtAlong @_unmask {
    goal obstacle isConditional computerCount
    software { uuid name ...WhichSoftware }
    prerequisite { uuid text software { uuid name ...WhichSoftware } }
  }
`,
  [whichFragment],
);

export type Brought = ResultOf<typeof broughtFragment>;
