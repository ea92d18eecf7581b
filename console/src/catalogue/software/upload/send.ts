// A file on its way: where the line breaks it is gone on with behind what the server has, as long as that becomes more.

export type Sent = { kind: 'there' } | { kind: 'refused'; code: string; message: string } | { kind: 'stopped' };

export type Looked = { kind: 'has'; bytes: number } | { kind: 'whole' | 'coming' | 'broken' | 'stopped' };
export type Pushed = Sent | { kind: 'broken' };

export interface Line {
  /** How much of the file the server has. */
  look: (signal: AbortSignal) => Promise<Looked>;
  /** Sends what is behind so many bytes. */
  push: (offset: number, progress: (bytes: number) => void, signal: AbortSignal) => Promise<Pushed>;
}

/** Attempts in a row that bring nothing; then it is said that the server is out of reach. */
const MOST_IN_VAIN = 8;
/** Longest pause between two attempts, in milliseconds: with it the attempts last longer than the server waits for a line that broke. */
const LONGEST_PAUSE = 10_000;

/** `pause` waits so many milliseconds. */
export async function send(line: Line, progress: (bytes: number) => void, signal: AbortSignal, pause = wait): Promise<Sent> {
  let most = 0;
  for (let inVain = 0; inVain < MOST_IN_VAIN; inVain += 1) {
    if (inVain > 0) await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** inVain), signal);
    const looked = signal.aborted ? { kind: 'stopped' as const } : await line.look(signal);
    if (looked.kind === 'stopped') return { kind: 'stopped' };
    if (looked.kind === 'whole') return { kind: 'there' };
    if (looked.kind !== 'has') continue;
    if (looked.bytes > most) [most, inVain] = [looked.bytes, 0];
    progress(looked.bytes);
    const pushed = await line.push(looked.bytes, progress, signal);
    if (pushed.kind !== 'broken') return pushed;
  }
  const kept = most > 0 ? 'What has arrived is kept: sending it again goes on behind it.' : 'Sending it again is safe.';
  return { kind: 'refused', code: 'OFFLINE', message: `The connection broke off, and the server is out of reach. ${kept}` };
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
