// A computer as its changes need it. Its revision counts what its agents report too, so that nothing can be made dependent on it.
import { mayFragment } from '~/kit/action/may.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';

export const actedFragment = graphql(
  `
  fragment ActedComputer on Computer {
    uuid name tags isRemoved isExcludedFromMaintenance onboarding
    tenant { uuid name }
    primaryPerson { uuid name }
    may { ...May }
  }
`,
  [mayFragment],
);

export type Acted = ResultOf<typeof actedFragment>;
