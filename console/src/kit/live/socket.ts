// Where subscriptions go.
export function socketUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;
}

/** What the server closes a socket with when the caller is nobody, or nobody any more. */
export const NOBODY: readonly number[] = [4401, 4403];
