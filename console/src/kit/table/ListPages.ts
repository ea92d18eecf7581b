// The pages of a long list that are in reach of the window, all of one position, outside React. The list may have 100,000 rows: what was
// scrolled away is let go, and what is jumped to is asked for by its offset, which is exact because the position stands still.
import type { Failure } from '../api/failure.ts';
import type { AsOf } from '../live/moment.ts';
import { Observed } from '../live/observed.ts';
import { share } from '../live/share.ts';

/** Rows of a page: as many as the API gives at once. Lists whose records cost much to answer have shorter ones. */
export const PAGE = 100;
/** Pages that are kept. */
const KEPT = 40;
/** Pages that are asked for at once. */
const AT_ONCE = 4;
/** How long the window has to stand still before what it lacks is asked for, in milliseconds. */
const STILL = 60;

export interface ListPage<R> {
  rows: readonly R[];
  total: number | null;
  position: string | undefined;
}

export type ReadPage<R> = (skip: number, first: number, asOf: AsOf | undefined, signal: AbortSignal) => Promise<ListPage<R> | Failure>;

export interface Shown<R> {
  pages: ReadonlyMap<number, readonly R[]>;
  /** Rows of a page. */
  size: number;
  /** Nothing before the first answer. */
  total: number | undefined;
  position: string | undefined;
  failure: Failure | undefined;
  isReading: boolean;
}

export class ListPages<R> {
  readonly shown: Observed<Shown<R>>;
  readonly #read: ReadPage<R>;
  readonly #moment: AsOf | undefined;
  readonly #size: number;
  #window = { from: 0, to: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inFlight = new Map<number, AbortController>();
  #stop = new AbortController();
  /** A refresh takes all pages of the window together; pages that are asked for meanwhile belong to the state before. */
  #refreshing: AbortController | undefined;

  constructor(read: ReadPage<R>, moment: AsOf | undefined, before?: Shown<R>, size = PAGE) {
    this.#read = read;
    this.#moment = moment;
    this.#size = size;
    this.shown = new Observed<Shown<R>>(
      before ? { ...before, isReading: true } : { pages: new Map(), size, total: undefined, position: undefined, failure: undefined, isReading: true },
    );
  }

  /** The record at an index, if it is here. */
  static at<R>({ pages, size }: Shown<R>, index: number): R | undefined {
    return pages.get(Math.floor(index / size))?.[index % size];
  }

  /** The window is over these rows now. */
  want(from: number, to: number) {
    this.#window = { from, to };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fill(), STILL);
  }

  /** Reads the window anew, at the newest position (or the moment that is looked at), and shows it when all of it is there. */
  async refresh(): Promise<void> {
    this.#refreshing?.abort();
    // Closed and opened again: a component may be mounted twice.
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    const refreshing = new AbortController();
    this.#refreshing = refreshing;
    const signal = AbortSignal.any([refreshing.signal, this.#stop.signal]);
    this.#change({ isReading: true });
    const wanted = this.#wanted();
    const [first = 0, ...others] = wanted;
    const lead = await this.#read(first * this.#size, this.#size, this.#moment, signal);
    if (signal.aborted) return;
    if ('code' in lead) return this.#failed(refreshing, lead);
    const pages = new Map([[first, this.#kept(first, lead.rows)]]);
    const rest = await Promise.all(
      others.slice(0, AT_ONCE - 1).map(async (page) => ({ page, came: await this.#read(page * this.#size, this.#size, this.#pin(lead.position), signal) })),
    );
    if (signal.aborted) return;
    for (const { page, came } of rest) {
      if ('code' in came) return this.#failed(refreshing, came);
      pages.set(page, this.#kept(page, came.rows));
    }
    for (const [, controller] of this.#inFlight) controller.abort();
    this.#inFlight.clear();
    this.#refreshing = undefined;
    this.shown.set({ pages, size: this.#size, total: lead.total ?? undefined, position: lead.position, failure: undefined, isReading: false });
    this.#fill();
  }

  close() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #pin(position: string | undefined): AsOf | undefined {
    return this.#moment ?? (position === undefined ? undefined : { position });
  }

  #kept(page: number, rows: readonly R[]): readonly R[] {
    return share(this.shown.get().pages.get(page), rows);
  }

  #wanted(): number[] {
    const first = Math.floor(this.#window.from / this.#size);
    const last = Math.floor(this.#window.to / this.#size);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }

  #fill() {
    const { pages, total, position } = this.shown.get();
    if (this.#refreshing || position === undefined || total === undefined) return;
    const missing = this.#wanted().filter((page) => page * this.#size < total && !pages.has(page) && !this.#inFlight.has(page));
    for (const page of missing.slice(0, AT_ONCE)) void this.#load(page, position);
  }

  async #load(page: number, position: string) {
    const controller = new AbortController();
    this.#inFlight.set(page, controller);
    const came = await this.#read(page * this.#size, this.#size, this.#pin(position), AbortSignal.any([controller.signal, this.#stop.signal]));
    if (controller.signal.aborted || this.#stop.signal.aborted) return;
    this.#inFlight.delete(page);
    if ('code' in came) {
      // The position is out of reach by now: the list starts again where the server is.
      if (came.code === 'POSITION_NOT_AVAILABLE' && !this.#moment) return void this.refresh();
      return this.#change({ failure: came });
    }
    const pages = new Map(this.shown.get().pages);
    pages.set(page, came.rows);
    this.#change({ pages: this.#nearest(pages), failure: undefined });
    this.#fill();
  }

  #nearest(pages: Map<number, readonly R[]>): Map<number, readonly R[]> {
    if (pages.size <= KEPT) return pages;
    const middle = (this.#window.from + this.#window.to) / 2 / this.#size;
    const byDistance = [...pages].sort(([one], [other]) => Math.abs(one - middle) - Math.abs(other - middle));
    return new Map(byDistance.slice(0, KEPT));
  }

  #failed(refreshing: AbortController, failure: Failure) {
    if (this.#refreshing === refreshing) this.#refreshing = undefined;
    this.#change({ failure, isReading: false });
  }

  #change(change: Partial<Shown<R>>) {
    this.shown.set({ ...this.shown.get(), ...change });
  }
}
