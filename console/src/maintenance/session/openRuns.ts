// Whose output is shown: of the one that somebody chose; else of those that were seen to run, and of the one that failed once all is over. What
// somebody reads is not taken away because it ended.

interface Run {
  uuid: string;
  status: string;
  exitCode: number | null;
  /** How its action ended: another code than 0 may mean success for its software. */
  result: string;
  outputBytes: string | number | null;
}

/** In the address: nothing is open. */
export const NO_RUN = 'none';

const NONE: ReadonlySet<string> = new Set();

export function openRuns(chosen: string | undefined, runs: readonly Run[], isStill: boolean, seen: ReadonlySet<string>): ReadonlySet<string> {
  if (chosen === NO_RUN) return NONE;
  if (chosen) return new Set([chosen]);
  const failed = isStill && seen.size === 0 ? runs.find(hasFailed) : undefined;
  if (failed) return new Set([failed.uuid]);
  const silent = new Set(runs.filter(hasBeenSilent).map(({ uuid }) => uuid));
  return silent.size === 0 ? seen : new Set([...seen].filter((uuid) => !silent.has(uuid)));
}

/** The runs that were seen to run, with those that run now; the same set if there is no other. */
export function seenRunning(runs: readonly Run[], seen: ReadonlySet<string>): ReadonlySet<string> {
  const running = runs.filter(({ uuid, status }) => status === 'STARTED' && !seen.has(uuid));
  return running.length === 0 ? seen : new Set([...seen, ...running.map(({ uuid }) => uuid)]);
}

/** It has ended and wrote nothing: there is nothing to read. */
function hasBeenSilent({ status, outputBytes }: Run): boolean {
  return status !== 'STARTED' && Number(outputBytes) === 0;
}

function hasFailed({ status, exitCode, result }: Run): boolean {
  return status === 'EXITED' ? exitCode !== 0 && result !== 'SUCCESS' : status !== 'STARTED' && status !== 'REQUESTED' && status !== 'CANCELLED';
}
