// A prerequisite as pages show it and its changes need it.
import { whichFragment } from '~/catalogue/item/which.ts';
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

/** What it says. */
export const saysFragment = graphql(
  `
  fragment PrerequisiteSays on Prerequisite @_unmask {
    uuid
    software { uuid name ...WhichSoftware }
    versions { exactly from below text }
    when { hold of { isInstalled software { uuid name ...WhichSoftware } versions { exactly from below text } } }
    then { kind software { uuid name ...WhichSoftware } exactly from message }
  }
`,
  [whichFragment],
);

export const prerequisiteFragment = graphql(
  `
  fragment PrerequisiteInFull on Prerequisite @_unmask { text may { ...May } ...PrerequisiteSays }
`,
  [mayFragment, saysFragment],
);

export type Says = ResultOf<typeof saysFragment>;
export type Prerequisite = ResultOf<typeof prerequisiteFragment>;
export type Conditions = Says['when'];
export type Consequence = Says['then'];
export type Hold = Conditions['hold'];
