// `PUT /packages/{sha256}`. By XMLHttpRequest, since `fetch` does not tell how much has gone out.

export type Sent = { kind: 'there' } | { kind: 'refused'; code: string; message: string } | { kind: 'stopped' };

export function send(sha256: string, file: Blob, progress: (bytes: number) => void, signal: AbortSignal): Promise<Sent> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = (sent: Sent) => {
      signal.removeEventListener('abort', stop);
      resolve(sent);
    };
    signal.addEventListener('abort', stop);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => end(answered(request.status, request.responseText));
    request.onerror = () => end({ kind: 'refused', code: 'OFFLINE', message: 'The connection broke off. What was sent is lost; sending it again is safe.' });
    request.onabort = () => end({ kind: 'stopped' });
    request.open('PUT', `/packages/${sha256}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(file);
  });
}

/** What the server says to a package. */
export function answered(status: number, body: string): Sent {
  if (status >= 200 && status < 300) return { kind: 'there' };
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
