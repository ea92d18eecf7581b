import { useEffect, useMemo } from 'react';
import { actorFields } from '~/access/actor/By.tsx';
import { read } from '~/kit/api/client.ts';
import { failureOf } from '~/kit/api/failure.ts';
import { graphql, type ResultOf, type VariablesOf } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { useObserved } from '~/kit/live/observed.ts';
import { usePace } from '~/kit/live/usePage.ts';
import { PAGE } from '~/kit/table/ListPages.ts';
import type { List } from '~/kit/table/useList.ts';
import { LogPages, pageOf, type ShownLog } from './LogPages.ts';
import { toldFragment } from './names.ts';

const logQuery = graphql(
  `
  query Log($filter: EventFilter, $first: Int, $after: String, $direction: OrderDirection, $asOf: AsOfInput) {
    events(filter: $filter, first: $first, after: $after, orderBy: { field: RECORDED_AT, direction: $direction }, asOf: $asOf) {
      pageInfo { hasNextPage endCursor }
      nodes { position time reason actor { ...ActorFields } ...ToldEvent }
    }
  }
`,
  [actorFields, toldFragment],
);

export type LoggedEvent = NonNullable<ResultOf<typeof logQuery>['events']>['nodes'][number];
type Filter = VariablesOf<typeof logQuery>['filter'];

export interface Log {
  list: List<LoggedEvent>;
  shown: ShownLog<LoggedEvent>;
  /** Shows what came since. */
  show: () => void;
}

export function useLog(filter: Filter): Log {
  const asOf = useMoment();
  const key = JSON.stringify([filter, asOf]);
  // The key is the filter, as text: it is another object at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const log = useMemo(() => {
    const readPart = async (after: string | undefined, direction: 'ASC' | 'DESC', signal: AbortSignal) => {
      const { data, error, extensions } = await read(logQuery, { filter, first: PAGE, after, direction, asOf }, signal);
      if (error) return failureOf(error);
      const { nodes = [], pageInfo } = data?.events ?? {};
      const cursor = pageInfo?.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
      return { events: nodes, cursor, position: extensions?.position as string | undefined };
    };
    return new LogPages<LoggedEvent>({
      older: (after, signal) => readPart(after, 'DESC', signal),
      newer: (after, signal) => readPart(after, 'ASC', signal),
    });
  }, [key]);

  const shown = useObserved(log.shown);
  useEffect(() => {
    void log.begin();
    return () => log.close();
  }, [log]);
  const again = useMemo(() => () => void log.look(), [log]);
  usePace(again, { isReading: shown.isReading, isStill: asOf !== undefined, concerns: undefined, hasFailed: shown.failure !== undefined });

  const list = useMemo<List<LoggedEvent>>(
    () => ({
      pages: { want: (from, to) => log.want(from, to) },
      shown: {
        pages: pageOf(shown.events),
        size: PAGE,
        total: shown.events?.length,
        position: shown.position,
        failure: shown.failure,
        isReading: shown.isReading,
      },
      hasMore: shown.hasMore,
      again: () => void (shown.events ? log.more() : log.begin()),
    }),
    [log, shown],
  );
  return { list, shown, show: () => log.show() };
}
