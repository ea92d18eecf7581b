// What went wrong with a request, in one shape for every page.
import type { CombinedError } from '@urql/core';

export interface Failure {
  /** The API's code, or why there is no answer at all. */
  code: string;
  message: string;
  /** Whether the same may go well a little later. */
  mayPass: boolean;
}

const PASSING = new Set(['UNAVAILABLE', 'TIMEOUT', 'OFFLINE', 'BUSY']);

/** Messages of the API have 1,000 characters at most; what a proxy answers may be a page. */
const LONGEST_MESSAGE = 1000;

export function failureOf(error: CombinedError): Failure {
  const status = (error.response as Response | undefined)?.status;
  const [first] = error.graphQLErrors;
  if (status === 401) return { code: 'UNAUTHENTICATED', message: 'Your session has ended: sign in again.', mayPass: false };
  if (first) return failureOfOne(first, status === 503 ? 'UNAVAILABLE' : 'INTERNAL');
  if (status === 503 || status === 429) {
    return { code: 'BUSY', message: 'The server is busy or starting.', mayPass: true };
  }
  if (status) {
    return {
      code: `HTTP ${status}`,
      message: 'What stands between here and the server answered this, or the server could not answer.',
      mayPass: status >= 500,
    };
  }
  return { code: 'OFFLINE', message: 'The server cannot be reached.', mayPass: true };
}

/** What failed of an answer that has the rest, by the name that the part has in the document. */
export function failuresOf(error: CombinedError): Readonly<Record<string, Failure>> {
  const failures: Record<string, Failure> = {};
  for (const one of error.graphQLErrors) failures[String(one.path?.[0])] ??= failureOfOne(one, 'INTERNAL');
  return failures;
}

function failureOfOne({ message, extensions }: CombinedError['graphQLErrors'][number], otherwise: string): Failure {
  const code = String(extensions.code ?? otherwise);
  return { code, message: message.slice(0, LONGEST_MESSAGE), mayPass: PASSING.has(code) };
}
