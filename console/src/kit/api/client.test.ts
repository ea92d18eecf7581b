import { afterEach, expect, test, vi } from 'vitest';
import { read } from './client.ts';
import { graphql } from './graphql.ts';

const query = graphql('query Test { server { position } }');
afterEach(() => vi.unstubAllGlobals());

test('what is given up is taken back from the server, and is answered at once', async () => {
  const asked: RequestInit[] = [];
  vi.stubGlobal('fetch', (_: string, request: RequestInit) => {
    asked.push(request);
    return new Promise(() => {});
  });
  const stop = new AbortController();
  const reading = read(query, {}, stop.signal);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  stop.abort();
  expect((await reading).error?.message).toContain('given up');
  expect(asked[0]?.signal?.aborted).toBe(true);
});

test('what was given up before is not asked for', async () => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  expect((await read(query, {}, AbortSignal.abort())).error).toBeDefined();
  expect(fetched).not.toHaveBeenCalled();
});

test('what is asked again is asked anew', async () => {
  let position = 0;
  vi.stubGlobal('fetch', async () => {
    position += 1;
    return Response.json({ data: { server: { position: String(position) } } });
  });
  expect((await read(query, {})).data?.server?.position).toBe('1');
  expect((await read(query, {})).data?.server?.position).toBe('2');
});
