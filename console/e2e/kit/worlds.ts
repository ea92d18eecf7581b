// Starts what the stories are told in, once for all of them: the demo's world, with its four agents at work and a catalogue taken over, and a fleet
// of 20,000 computers.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const PROGRAMS = fileURLToPath(new URL('../../../target/debug/', import.meta.url));
const UPKEEP = join(PROGRAMS, 'upkeep');
/** How long the demo's story may take, in milliseconds: it installs real packages on four computers. */
const STORY = 180_000;
const FLEET = Number(process.env.FLEET ?? 20_000);

export interface World {
  url: string;
  token: string;
  dataDir: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    demo: World;
    fleet: World;
  }
}

export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'upkeep-console-'));
  const processes: ChildProcess[] = [];
  const end = async () => {
    await Promise.all(processes.map(stopped));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    project.provide('demo', await demo(folder, processes));
    project.provide('fleet', await fleet(folder, processes));
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

async function demo(folder: string, processes: ChildProcess[]): Promise<World> {
  const port = await freePort();
  const dataDir = join(folder, 'demo');
  const child = spawn(UPKEEP, ['demo', '--catalogue', '--data-dir', dataDir, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(child);
  const said = await saying(child, /Bearer (upt_\w+)/, STORY);
  return { url: `http://127.0.0.1:${port}`, token: said, dataDir: join(dataDir, 'server') };
}

async function fleet(folder: string, processes: ChildProcess[]): Promise<World> {
  const dataDir = join(folder, 'fleet');
  execFileSync(join(PROGRAMS, 'upkeep-bench'), ['fixture', dataDir, String(FLEET)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const token = execFileSync(UPKEEP, ['token', 'create', '--name', 'Alex', '--data-dir', dataDir], { encoding: 'utf8' }).match(/upt_\w+/)?.[0];
  if (!token) throw new Error('no token was made');
  const port = await freePort();
  const { child, url } = await serve(dataDir, port);
  processes.push(child);
  return { url, token, dataDir };
}

/** A server over a data directory; ready when this returns. */
export async function serve(dataDir: string, port: number): Promise<{ child: ChildProcess; url: string }> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(UPKEEP, ['serve', '--data-dir', dataDir, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok) return { child, url };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not become ready');
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** What a pattern finds in what a program says. */
function saying(child: ChildProcess, pattern: RegExp, within: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`not said within ${within} ms; so far:\n${said}`)), within);
    child.once('exit', (code) => reject(new Error(`ended with ${code}; it said:\n${said}`)));
    child.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = pattern.exec(said)?.[1];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}
