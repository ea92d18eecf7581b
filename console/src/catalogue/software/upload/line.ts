// `/packages/{sha256}`: how much of a file the server has (`HEAD`), and the rest of it (`PATCH`). By XMLHttpRequest, since `fetch` does not tell
// how much has gone out.
import type { Line, Looked, Pushed } from './send.ts';

/** The server, as far as one file is concerned. */
export function lineTo(sha256: string, file: Blob): Line {
  return {
    look: (signal) => look(sha256, signal),
    push: (offset, progress, signal) => push(sha256, file, offset, progress, signal),
  };
}

async function look(sha256: string, signal: AbortSignal): Promise<Looked> {
  try {
    const answer = await fetch(`/packages/${sha256}`, { method: 'HEAD', signal });
    return looked(answer.status, answer.headers);
  } catch {
    return { kind: signal.aborted ? 'stopped' : 'broken' };
  }
}

/** What the server says of what it has. `HEAD` has no words: why it refuses is told by what is sent then. */
export function looked(status: number, headers: Headers): Looked {
  if (status === 409) return { kind: 'coming' };
  const offset = Number(headers.get('Upload-Offset'));
  if (status !== 204 || !Number.isSafeInteger(offset)) return { kind: 'has', bytes: 0 };
  return headers.get('Upload-Complete') === '?1' ? { kind: 'whole' } : { kind: 'has', bytes: offset };
}

function push(sha256: string, file: Blob, offset: number, progress: (bytes: number) => void, signal: AbortSignal): Promise<Pushed> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = (pushed: Pushed) => {
      signal.removeEventListener('abort', stop);
      resolve(pushed);
    };
    signal.addEventListener('abort', stop);
    request.upload.onprogress = ({ loaded }) => progress(offset + loaded);
    request.onload = () => end(answered(request.status, request.responseText));
    request.onerror = () => end({ kind: 'broken' });
    request.onabort = () => end({ kind: 'stopped' });
    request.open('PATCH', `/packages/${sha256}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Upload-Offset', String(offset));
    request.setRequestHeader('Upload-Complete', '?1');
    request.send(file.slice(offset));
  });
}

/** What the server says to a package. */
export function answered(status: number, body: string): Pushed {
  if (status >= 200 && status < 300) return { kind: 'there' };
  // Somebody else went on with it, or the server has not noticed yet that the line broke.
  if (status === 409) return { kind: 'broken' };
  const error = firstError(body);
  return { kind: 'refused', code: error?.extensions?.code ?? `HTTP ${status}`, message: error?.message ?? `The server answered ${status}.` };
}

interface Problem {
  message?: string;
  extensions?: { code?: string };
}

function firstError(body: string): Problem | undefined {
  try {
    return (JSON.parse(body) as { errors?: Problem[] }).errors?.[0];
  } catch {
    return undefined;
  }
}
