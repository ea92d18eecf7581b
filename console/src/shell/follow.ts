// The one subscription of the frame: where the server is, and what was touched. It is opened again for ever; a peer that has gone silent is
// given up, so that a laptop that slept notices.

import { stringifyDocument } from '@urql/core';
import { createClient } from 'graphql-ws';
import { graphql } from '~/kit/api/graphql.ts';
import { live } from '~/kit/live/live.ts';
import { session } from '~/kit/live/session.ts';
import { NOBODY, socketUrl } from '~/kit/live/socket.ts';

/** Waits between attempts, in milliseconds: from the first to the longest, doubled each time, with a part of chance. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 5_000;
/** How often the peer is asked for a sign of life, and how long it may take, in milliseconds. */
const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;

const positions = stringifyDocument(graphql('subscription Positions { positions { position kinds } }'));

/** Follows until what is returned is called. */
export function follow(): () => void {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: socketUrl(),
    retryAttempts: Number.POSITIVE_INFINITY,
    keepAlive: PING_EVERY,
    shouldRetry: (event) => !(event instanceof CloseEvent && NOBODY.includes(event.code)),
    retryWait: async (attempt) => {
      live.connection.set('away');
      const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
    },
    on: {
      ping: (isReceived) => {
        if (!isReceived) silence = setTimeout(() => client.terminate(), PONG_WITHIN);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silence);
      },
      closed: (event) => {
        clearTimeout(silence);
        live.connection.set('away');
        if (event instanceof CloseEvent && NOBODY.includes(event.code)) session.ended();
      },
    },
  });
  let isFirst = true;
  const stop = client.subscribe<{ positions: { position: string; kinds: string[] } }>(
    { query: positions },
    {
      next: ({ data }) => {
        live.connection.set('live');
        if (!data) return;
        const { position, kinds } = data.positions;
        // The first message of a connection says that everything may have been touched; at the very first nothing may be older than it.
        if (isFirst && position === live.earliest) return;
        isFirst = false;
        live.touched({ position, kinds });
      },
      error: () => live.connection.set('away'),
      complete: () => live.connection.set('away'),
    },
  );
  return () => {
    stop();
    void client.dispose();
  };
}
