// The server that is judged, and how a program tells what held.
import { isDeepStrictEqual } from 'node:util';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** Far longer than a program takes on a busy machine: one that waits for what does not come ends by this, and fails. */
const PATIENCE_MS = 60_000;
setTimeout(() => fail(`nothing more came in ${PATIENCE_MS} ms`), PATIENCE_MS).unref();

/** Ends the program. What a client says through the console is not ours to speak through. */
export function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

function given(name) {
  return process.env[name] || fail(`${name} is not set: give URL (http://…/graphql), WS (ws://…/graphql) and TOKEN (an MSP_ADMIN's)`);
}
export const url = given('URL');
export const token = given('TOKEN');
export const authorization = `Bearer ${token}`;
/** Two tenants of one run, and of no other. */
export const names = ['first', 'second'].map((name) => `${name} of ${process.pid} at ${Date.now()}`);

export const socket = createClient({ url: given('WS'), webSocketImpl: WebSocket, connectionParams: { token }, retryAttempts: 0 });

/** One line for what held; the program ends where something did not. */
export function holds(what, seen, wanted = true) {
  if (!isDeepStrictEqual(seen, wanted)) fail(`not so: ${what}; it is ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
  process.stdout.write(`${what}\n`);
}
