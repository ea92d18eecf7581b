// The states that a deployment was in, each read at the position of the event that led to it. They never change: what was read once is kept
// for as long as they are in view.
import { useCallback, useEffect, useState } from 'react';
import { read } from '~/kit/api/client.ts';
import { type Failure, failureOf } from '~/kit/api/failure.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { draftFragment } from '../editor/input.ts';

/** Revisions that are shown at once. */
export const REVISIONS_SHOWN = 8;

const versionQuery = graphql(
  `
  query DeploymentVersion($id: ID!, $position: Position!) {
    deployment(id: $id, asOf: { position: $position }) {
      revision status recommendation enforcement
      software { name } cloudTask { name }
      desired { kind version text }
      target { text }
      ...DraftOfDeployment
    }
  }
`,
  [draftFragment],
);

export type Version = NonNullable<ResultOf<typeof versionQuery>['deployment']>;

interface Versions {
  versions: ReadonlyMap<string, Version>;
  failure: Failure | undefined;
  again: () => void;
}

/** By position; what is not there yet is being read, or could not be. */
export function useVersions(id: string, positions: readonly string[]): Versions {
  const [versions, setVersions] = useState<ReadonlyMap<string, Version>>(new Map());
  const [failure, setFailure] = useState<Failure>();
  const [turn, setTurn] = useState(0);
  const missing = positions.filter((position) => !versions.has(position)).join(' ');

  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn reads again what could not be read
  useEffect(() => {
    if (!missing) return undefined;
    const stop = new AbortController();
    void (async () => {
      const answers = await Promise.all(missing.split(' ').map((position) => read(versionQuery, { id, position }, stop.signal)));
      if (stop.signal.aborted) return;
      const failed = answers.find(({ error }) => error)?.error;
      setFailure(failed && failureOf(failed));
      setVersions((before) => {
        const after = new Map(before);
        missing.split(' ').forEach((position, index) => {
          const version = answers[index]?.data?.deployment;
          if (version) after.set(position, version);
        });
        return after.size === before.size ? before : after;
      });
    })();
    return () => stop.abort();
  }, [id, missing, turn]);

  const again = useCallback(() => setTurn((turn) => turn + 1), []);
  return { versions, failure, again };
}
