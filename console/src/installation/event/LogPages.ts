// The log, newest first, outside React: nobody knows how long it is, so more is loaded at the end; and it grows at the beginning while it is
// read, so what is new waits until it is asked for.
import type { Failure } from '~/kit/api/failure.ts';
import { Observed } from '~/kit/live/observed.ts';
import { isBefore } from '~/kit/live/position.ts';
import { PAGE } from '~/kit/table/ListPages.ts';

export interface LogPage<E> {
  events: readonly E[];
  /** Where it goes on; nothing at the end. */
  cursor: string | undefined;
  position: string | undefined;
}

export interface ReadLog<E> {
  /** Older ones than a cursor, newest first. */
  older: (after: string | undefined, signal: AbortSignal) => Promise<LogPage<E> | Failure>;
  /** Newer ones than a position, oldest first. */
  newer: (after: string, signal: AbortSignal) => Promise<LogPage<E> | Failure>;
}

export interface ShownLog<E> {
  events: readonly E[] | undefined;
  position: string | undefined;
  failure: Failure | undefined;
  isReading: boolean;
  hasMore: boolean;
  /** What came since, newest first. */
  fresh: readonly E[];
  hasMoreFresh: boolean;
}

/** Rows before the end at which more is asked for. */
const AHEAD = 40;
/** Short pages in a row that are passed by: the server looks through a part of the log at a time, and may find nothing in it. */
const SHORT_PAGES = 5;

export class LogPages<E extends { position: string }> {
  readonly shown: Observed<ShownLog<E>>;
  readonly #read: ReadLog<E>;
  #cursor: string | undefined;
  #stop = new AbortController();

  constructor(read: ReadLog<E>) {
    this.#read = read;
    this.shown = new Observed<ShownLog<E>>({
      events: undefined,
      position: undefined,
      failure: undefined,
      isReading: true,
      hasMore: false,
      fresh: [],
      hasMoreFresh: false,
    });
  }

  /** From the newest on. */
  async begin(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#change({ isReading: true });
    await this.#load(undefined, []);
  }

  want(_from: number, to: number) {
    const { events, isReading, hasMore, failure } = this.shown.get();
    if (!events || isReading || !hasMore || failure || to < events.length - AHEAD) return;
    void this.more();
  }

  async more(): Promise<void> {
    this.#change({ isReading: true, failure: undefined });
    await this.#load(this.#cursor, this.shown.get().events ?? []);
  }

  /** Looks what came since. */
  async look(): Promise<void> {
    const { events, position, fresh } = this.shown.get();
    const newest = fresh[0]?.position ?? later(events?.[0]?.position, position);
    if (newest === undefined) return this.begin();
    const { signal } = this.#stop;
    this.#change({ isReading: true });
    const came = await this.#read.newer(newest, signal);
    if (signal.aborted) return;
    if ('code' in came) return this.#change({ failure: came, isReading: false });
    this.#change({
      fresh: [...[...came.events].reverse(), ...this.shown.get().fresh],
      hasMoreFresh: came.cursor !== undefined,
      failure: undefined,
      isReading: false,
    });
  }

  /** Shows what came since; from the newest on, where there is too much between. */
  show(): void {
    const { events = [], fresh, hasMoreFresh } = this.shown.get();
    if (hasMoreFresh) return void this.begin();
    this.#change({ events: [...fresh, ...events], position: fresh[0]?.position ?? this.shown.get().position, fresh: [] });
  }

  close() {
    this.#stop.abort();
  }

  async #load(after: string | undefined, before: readonly E[]): Promise<void> {
    const { signal } = this.#stop;
    let cursor = after;
    for (let turn = 0; turn < SHORT_PAGES; turn += 1) {
      const came = await this.#read.older(cursor, signal);
      if (signal.aborted) return;
      if ('code' in came) return this.#change({ failure: came, isReading: false });
      cursor = came.cursor;
      if (came.events.length === 0 && cursor !== undefined && turn < SHORT_PAGES - 1) continue;
      this.#cursor = cursor;
      const isFirst = after === undefined;
      this.#change({
        events: [...before, ...came.events],
        hasMore: cursor !== undefined,
        failure: undefined,
        isReading: false,
        ...(isFirst ? { position: came.position, fresh: [], hasMoreFresh: false } : {}),
      });
      return;
    }
  }

  #change(change: Partial<ShownLog<E>>) {
    this.shown.set({ ...this.shown.get(), ...change });
  }
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return isBefore(one, other) ? other : one;
}

/** A page of the log in the shape in which tables take lists. */
export function pageOf<E>(events: readonly E[] | undefined): ReadonlyMap<number, readonly E[]> {
  const pages = new Map<number, readonly E[]>();
  for (let from = 0; from < (events?.length ?? 0); from += PAGE) pages.set(from / PAGE, events?.slice(from, from + PAGE) ?? []);
  return pages;
}
