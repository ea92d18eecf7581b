// The two ways to the API. Pages are read through a cache, so that "back" shows at once what was there; changes and the pages of long
// lists are not: lists keep their own pages, and a change is followed by a position, which has pages read again.
import {
  type AnyVariables,
  cacheExchange,
  createClient,
  createRequest,
  type DocumentInput,
  fetchExchange,
  makeErrorResult,
  mapExchange,
  type OperationResult,
} from '@urql/core';
import { live } from '../live/live.ts';
import { session } from '../live/session.ts';

const URL = '/graphql';

/** What every answer tells: the position of its view, and whether the caller is still known. */
const heard = mapExchange({
  onResult(result) {
    hear(result);
  },
});

function hear({ error, extensions }: Pick<OperationResult, 'error' | 'extensions'>) {
  if ((error?.response as Response | undefined)?.status === 401) session.ended();
  const position: unknown = extensions?.position;
  if (typeof position === 'string') live.seen(position);
}

export const pages = createClient({ url: URL, preferGetMethod: false, exchanges: [heard, cacheExchange, fetchExchange] });
const direct = createClient({ url: URL, preferGetMethod: false, exchanges: [heard, fetchExchange] });

/** The position that an answer shows: the past moment that was asked for, or the newest. */
export function positionOf({ extensions }: Pick<OperationResult, 'extensions'>): string | undefined {
  const { asOf, position } = (extensions ?? {}) as { asOf?: { position: string }; position?: string };
  return asOf?.position ?? position;
}

/** Reads past the cache. What is given up is taken back from the server too; its answer is a failure that nobody waits for any more. */
export async function read<D, V extends AnyVariables>(document: DocumentInput<D, V>, variables: V, signal?: AbortSignal): Promise<OperationResult<D, V>> {
  const operation = direct.createRequestOperation<D, V>('query', createRequest(document, variables));
  return new Promise((resolve) => {
    let stop = () => {};
    const over = (result: OperationResult<D, V>) => {
      signal?.removeEventListener('abort', givenUp);
      resolve(result);
      stop();
    };
    const givenUp = () => over(makeErrorResult(operation, new Error('given up')) as OperationResult<D, V>);
    if (signal?.aborted) return givenUp();
    signal?.addEventListener('abort', givenUp);
    // The client has a signal of its own for each request, and aborts it when nobody listens any more; to whoever asks the same while somebody
    // listens, it gives the answer that it has.
    const reading = direct.executeRequestOperation(operation).subscribe(over);
    stop = reading.unsubscribe;
  });
}

/** Sends a change, once. */
export async function send<D, V extends AnyVariables>(document: DocumentInput<D, V>, variables: V): Promise<OperationResult<D, V>> {
  return direct.mutation(document, variables).toPromise();
}
