// What a change would do, asked of the server while the change is being thought of: past the cache, since nobody comes back to a thought,
// and again whenever something happens that could make the answer another one.

import { useCallback, useEffect, useState } from 'react';
import { whichFragment } from '~/catalogue/item/which.ts';
import { showingFragment } from '~/catalogue/task/parameter/parameter.ts';
import { read } from '~/kit/api/client.ts';
import { type Failure, failureOf } from '~/kit/api/failure.ts';
import { graphql, type ResultOf, type VariablesOf } from '~/kit/api/graphql.ts';
import { share } from '~/kit/live/share.ts';
import { usePace } from '~/kit/live/usePage.ts';
import { toldFragment } from '../deployment/told.ts';
import { broughtFragment } from './brought.ts';

/** Tenants that are shown; the others are counted. */
const TENANTS = 20;

export const previewQuery = graphql(
  `
  query Preview($change: PreviewInput!, $tenants: Int!, $kind: ResolutionChangeKind, $tenantId: ID, $first: Int!, $after: String) {
    previewChange(change: $change) {
      userErrors { code message field }
      difference {
        computerCount itemCount
        byKind { kind itemCount }
        byTenant(first: $tenants) { totalCount nodes { tenant { uuid name } computerCount itemCount } }
        broughtAlong { ...Brought }
        changes(kind: $kind, tenantId: $tenantId, first: $first, after: $after) {
          totalCount
          pageInfo { hasNextPage endCursor }
          nodes {
            kind explanation
            computer { uuid name } tenant { uuid name }
            software { uuid name ...WhichSoftware } task { uuid name parameters { ...ShowingOfParameter } } cloudTask { uuid name }
            before { targetText desired { kind text } deployment { uuid parameters { ...ToldToTask } } }
            after { targetText desired { kind text } deployment { uuid parameters { ...ToldToTask } } }
          }
        }
      }
    }
  }
`,
  [broughtFragment, showingFragment, toldFragment, whichFragment],
);

export type PreviewInput = VariablesOf<typeof previewQuery>['change'];
export type Preview = NonNullable<ResultOf<typeof previewQuery>['previewChange']>;
export type Difference = NonNullable<Preview['difference']>;
export type ChangeKind = Difference['byKind'][number]['kind'];

/** Which of the changes are looked at. */
export interface ChangesView {
  kind?: ChangeKind | undefined;
  tenantId?: string | undefined;
  after?: string | undefined;
  first: number;
}

export interface Previewed {
  /** What the newest answer says; it may be of the change as it was before the last keystroke. */
  preview: Preview | undefined;
  position: string | undefined;
  /** Whether the answer is of the change as it is now. */
  isCurrent: boolean;
  isReading: boolean;
  /** Whether it is of a deployment that is not there yet: the one that wins then has no page. */
  isCreation: boolean;
  failure: Failure | undefined;
  again: () => void;
}

interface Read {
  /** The change, as text, that was answered. */
  of?: string;
  preview?: Preview;
  position?: string | undefined;
  failure?: Failure;
  isReading: boolean;
}

/** Whatever decides who wins. */
const CONCERNS = ['DEPLOYMENT', 'COMPUTER', 'TENANT', 'PERSON', 'GROUP', 'AGREEMENT', 'SOFTWARE', 'TASK', 'CLOUD_TASK', 'PREREQUISITES'];

/** Nothing is asked without a change. `still` is how long it has to stay as it is before it is asked about, in milliseconds. */
export function usePreview(change: PreviewInput | undefined, view: ChangesView, still = 0): Previewed {
  const key = change && JSON.stringify(change);
  const viewKey = JSON.stringify(view);
  const [state, setState] = useState<Read>({ isReading: false });
  const [turn, setTurn] = useState(0);

  // The keys are the change and the view, as text: they are other objects at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!change || !key) return setState({ isReading: false });
    const stop = new AbortController();
    setState((before) => ({ ...before, isReading: true }));
    const timer = setTimeout(async () => {
      const { data, error, extensions } = await read(previewQuery, { change, tenants: TENANTS, ...view }, stop.signal);
      if (stop.signal.aborted) return;
      const preview = data?.previewChange;
      const position = extensions?.position as string | undefined;
      setState((before) =>
        error || !preview
          ? failed(before, key, error ? failureOf(error) : NOT_YOURS)
          : { of: key, preview: share(before.preview, preview), position, isReading: false },
      );
    }, still);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, viewKey, turn, still]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  usePace(again, { isReading: state.isReading, isStill: !change, concerns: CONCERNS, hasFailed: state.failure?.mayPass ?? false });
  const { preview, position, failure, isReading } = state;
  const isCreation = change !== undefined && 'createDeployment' in change;
  return { preview, position, failure, isReading, isCreation, isCurrent: preview !== undefined && state.of === key, again };
}

const NOT_YOURS: Failure = { code: 'NOT_FOUND', message: 'The server answered nothing to what would change.', mayPass: false };

function failed(before: Read, key: string, failure: Failure): Read {
  // What another change would do is no news of this one.
  return before.of === key ? { ...before, failure, isReading: false } : { failure, isReading: false };
}
