// All rows of a list, page after page at one position, up to a bound: for what needs every row that matches and not only those in view.
import type { AnyVariables, OperationResult, TypedDocumentNode } from '@urql/core';
import { read } from '../api/client.ts';
import { type Failure, failureOf } from '../api/failure.ts';
import type { AsOf } from '../live/moment.ts';

const PAGE = 100;

export interface Walkable<R> {
  nodes: readonly R[];
  totalCount: number | null;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface Walked<R> {
  rows: readonly R[];
  /** How many there are; more than rows where the bound was met. */
  total: number;
  /** The position of all of them. */
  position: string | undefined;
}

interface Options {
  /** The most rows that are read. */
  limit: number;
  /** The moment; the newest one if not given. */
  asOf?: AsOf | undefined;
  signal: AbortSignal;
  progress?: (read: number, total: number) => void;
}

/** `pick` finds the connection in an answer. The document takes `first`, `after` and `asOf`. */
export async function walk<D, V extends AnyVariables, R>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf' | 'first' | 'after'>,
  pick: (data: D) => Walkable<R> | null | undefined,
  { limit, asOf, signal, progress }: Options,
): Promise<Walked<R> | Failure> {
  const rows: R[] = [];
  let moment = asOf;
  let after: string | null = null;
  for (;;) {
    const page = { ...variables, first: Math.min(PAGE, limit - rows.length), after, asOf: moment };
    const answer: OperationResult<D, V> = await read(document, page as unknown as V, signal);
    if (answer.error) return failureOf(answer.error);
    const connection: Walkable<R> | null | undefined = answer.data ? pick(answer.data) : undefined;
    if (!connection) return { code: 'NOT_FOUND', message: 'There is no such list.', mayPass: false };
    // The first page says of which position all others have to be.
    const position = moment?.position ?? (answer.extensions?.position as string | undefined);
    moment ??= position === undefined ? undefined : { position };
    rows.push(...connection.nodes);
    const total = connection.totalCount ?? rows.length;
    progress?.(rows.length, total);
    const { hasNextPage, endCursor } = connection.pageInfo;
    if (!hasNextPage || !endCursor || rows.length >= limit) return { rows, total, position };
    after = endCursor;
  }
}
