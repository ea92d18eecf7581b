// What a software needs, what those need in turn, and what needs it. Four steps down and two up are what a question of the API may have; where
// it goes on, that is said.
import { type Told, whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const chainFragment = graphql(
  `
  fragment PrerequisiteChain on Software @_unmask {
    uuid name ...WhichSoftware
    prerequisites { uuid when { text } then { kind text software {
      uuid name ...WhichSoftware
      prerequisites { uuid when { text } then { kind text software {
        uuid name ...WhichSoftware
        prerequisites { uuid when { text } then { kind text software {
          uuid name ...WhichSoftware
          prerequisites { uuid when { text } then { kind text software { uuid name ...WhichSoftware prerequisites { uuid } } } }
        } } }
      } } }
    } } }
  }
`,
  [whichFragment],
);

/** Those that need one, at each step; the others are counted. */
export const aboveFragment = graphql(
  `
  fragment PrerequisiteChainAbove on Software @_unmask {
    neededBy(first: 20) { totalCount nodes {
      uuid when { text }
      software { uuid name ...WhichSoftware neededBy(first: 10) { totalCount nodes { uuid when { text } software { uuid name ...WhichSoftware } } } }
    } }
  }
`,
  [whichFragment],
);

export type Chain = ResultOf<typeof chainFragment> & ResultOf<typeof aboveFragment>;

/** A software in the chain, whichever step it stands on. */
export interface Link extends Told {
  uuid: string;
  name: string;
  /** Of the last step only their ids. */
  prerequisites?: readonly (Need | { uuid: string })[];
}

export interface Need {
  uuid: string;
  when: { text: string | null };
  then: { kind: 'INSTALL' | 'UNINSTALL' | 'FAIL'; text: string; software?: Link | null };
}

/** What one says, as far as it was read. */
export function needsOf({ prerequisites = [] }: Link): Need[] {
  return prerequisites.filter((one): one is Need => 'then' in one);
}

/** Whether it needs more than was read. */
export function goesOn({ prerequisites = [] }: Link): boolean {
  return prerequisites.some((one) => !('then' in one));
}
