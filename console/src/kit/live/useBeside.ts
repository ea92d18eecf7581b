// What stands beside something that is shown already, and is of the same position: a page stays one moment. It is read past the cache, as no
// position is asked for twice. Where it cannot be read it is simply not there.
import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useEffect, useState } from 'react';
import { read } from '../api/client.ts';

/** Nothing is read without a position. What was of the position before stays until the next is there, as what it stands beside does. */
export function useBeside<D, V extends AnyVariables>(
  document: TypedDocumentNode<D, V>,
  variables: Omit<V, 'asOf'>,
  position: string | undefined,
): D | undefined {
  const key = JSON.stringify(variables);
  const [came, setCame] = useState<{ key: string; data: D }>();

  // The key is the variables, as text: they are other objects at each call.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (position === undefined) return undefined;
    const stop = new AbortController();
    void read(document, { ...variables, asOf: { position } } as unknown as V, stop.signal).then(({ data }) => {
      if (!stop.signal.aborted && data) setCame({ key, data });
    });
    return () => stop.abort();
  }, [document, key, position]);

  return came?.key === key ? came.data : undefined;
}
