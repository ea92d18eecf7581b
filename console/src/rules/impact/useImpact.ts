// What a change would do, asked of the server while the change is still being thought of.
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { graphql, type ResultOf, type VariablesOf } from '~/kit/api/graphql.ts';
import type { UserError } from '~/kit/api/useChange.ts';
import { type Page, usePage } from '~/kit/live/usePage.ts';

/** Changes that are shown; the rest is counted. */
const SHOWN = 10;

export const impactQuery = graphql(`
  query Impact($change: PreviewInput!, $shown: Int!, $asOf: AsOfInput) {
    previewChange(change: $change, asOf: $asOf) {
      userErrors { code message field }
      difference {
        computerCount
        itemCount
        byKind { kind itemCount }
        byTenant(first: $shown) { totalCount nodes { tenant { uuid name } computerCount itemCount } }
        changes(first: $shown) {
          totalCount
          nodes {
            kind explanation
            computer { uuid name } tenant { uuid name }
            software { uuid name } cloudTask { uuid name }
            before { targetText desired { text } } after { targetText desired { text } }
          }
        }
      }
    }
  }
`);

export type Imagined = VariablesOf<typeof impactQuery>['change'];
export type Difference = NonNullable<NonNullable<ResultOf<typeof impactQuery>['previewChange']>['difference']>;

/** How long a change has to stay as it is before it is asked about, in milliseconds. */
const STILL = 300;

export interface Impact {
  page: Page<ResultOf<typeof impactQuery>>;
  /** The exact difference; nothing while it is not known for the change as it is now. */
  difference: Difference | undefined;
  refusals: readonly UserError[];
  /** Whether there is a change to ask about at all. */
  isAsked: boolean;
}

/** Nothing is asked while the change is not whole, or nobody looks. */
export function useImpact(change: Imagined | undefined): Impact {
  const text = change && JSON.stringify(change);
  const [still] = useDebouncedValue(text, STILL);
  const settled = still === text ? still : undefined;
  const asked = useMemo(() => (settled ? (JSON.parse(settled) as Imagined) : undefined), [settled]);
  // What a question that is not put has for variables is never sent.
  const page = usePage(impactQuery, { change: asked as Imagined, shown: SHOWN }, { pause: asked === undefined });
  const preview = asked ? page.data?.previewChange : undefined;
  return { page, difference: preview?.difference ?? undefined, refusals: preview?.userErrors ?? [], isAsked: text !== undefined };
}
