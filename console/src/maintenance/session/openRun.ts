// Whose output is shown: the one that somebody chose, else the one that runs, else, once all is over, the one that failed.

interface Run {
  uuid: string;
  status: string;
  exitCode: number | null;
}

/** In the address: nothing is open. */
export const NO_RUN = 'none';

export function openRunOf(chosen: string | undefined, runs: readonly Run[], isStill: boolean): string | undefined {
  if (chosen === NO_RUN) return undefined;
  if (chosen) return chosen;
  if (isStill) return runs.find(hasFailed)?.uuid;
  return runs.find(({ status }) => status === 'STARTED')?.uuid;
}

function hasFailed({ status, exitCode }: Run): boolean {
  return status === 'EXITED' ? exitCode !== 0 : status !== 'STARTED' && status !== 'REQUESTED' && status !== 'CANCELLED';
}
