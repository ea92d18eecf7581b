// Follows one thing for one page, on a socket that is there only as long as somebody needs it; the frame has its own (shell/follow.ts).
// Whoever was cut off says from where to go on, so that nothing comes twice and nothing is missed.
import { type AnyVariables, type DocumentInput, stringifyDocument } from '@urql/core';
import { type Client, createClient } from 'graphql-ws';
import type { Failure } from '../api/failure.ts';
import { session } from './session.ts';
import { NOBODY, socketUrl } from './socket.ts';

/** Waits between attempts, in milliseconds: the first and the longest. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
/** How long the socket stays open for the next subscription after the last one, in milliseconds. */
const LINGER = 2_000;

interface Follower<D> {
  next: (data: D) => void;
  /** It came to its end. */
  over: () => void;
  /** It is cut off; `undefined` when it is there again. */
  away: (failure: Failure | undefined) => void;
}

let client: Client | undefined;

/** `variables` is asked anew at each attempt. Follows until what is returned is called. */
export function subscribe<D, V extends AnyVariables>(document: DocumentInput<D, V>, variables: () => V, follower: Follower<D>): () => void {
  client ??= createClient({ url: socketUrl(), lazyCloseTimeout: LINGER, retryAttempts: 0 });
  const socket = client;
  const query = stringifyDocument(document);
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isClosed = false;

  const later = (failure: Failure) => {
    if (isClosed) return;
    follower.away(failure);
    if (!failure.mayPass) return;
    timer = setTimeout(begin, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++));
  };
  const begin = () => {
    stop = socket.subscribe<D>(
      { query, variables: variables() as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          const [error] = errors ?? [];
          if (error) return later({ code: String(error.extensions?.code ?? 'INTERNAL'), message: error.message, mayPass: false });
          if (failures > 0) follower.away(undefined);
          failures = 0;
          if (data) follower.next(data);
        },
        error: (cause) => later(failureOfSocket(cause)),
        complete: () => {
          if (!isClosed) follower.over();
        },
      },
    );
  };
  begin();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    stop();
  };
}

function failureOfSocket(cause: unknown): Failure {
  if (Array.isArray(cause)) {
    const [error] = cause as { message: string; extensions?: { code?: unknown } }[];
    const code = String(error?.extensions?.code ?? 'INTERNAL');
    return { code, message: error?.message ?? '', mayPass: code === 'UNAVAILABLE' };
  }
  if (cause instanceof CloseEvent && NOBODY.includes(cause.code)) {
    session.ended();
    return { code: 'UNAUTHENTICATED', message: 'Your session has ended: sign in again.', mayPass: false };
  }
  return { code: 'OFFLINE', message: 'The connection was cut; it is tried again.', mayPass: true };
}
