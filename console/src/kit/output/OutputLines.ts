// The last lines of an output, outside React: a ring of bounded size, whose readers are told at most once a frame.
import { split, visible } from './lines.ts';

/** Lines that are kept. */
export const KEPT_LINES = 10_000;

export class OutputLines {
  readonly #ring: string[] = [];
  readonly #listeners = new Set<() => void>();
  #written = 0;
  #rest = '';
  #version = 0;
  #frame: number | undefined;

  /** Whatever comes, in pieces of any size. */
  write(text: string) {
    const { lines, rest } = split(this.#rest + text);
    for (const line of lines) {
      this.#ring[this.#written % KEPT_LINES] = line;
      this.#written += 1;
    }
    this.#rest = rest;
    this.#tell();
  }

  /** How many lines can be shown, with the one that is not ended yet. */
  get count(): number {
    return Math.min(this.#written, KEPT_LINES) + (this.#rest ? 1 : 0);
  }

  /** How many lines were there before the first that is kept. */
  get dropped(): number {
    return Math.max(0, this.#written - KEPT_LINES);
  }

  /** A line, counted from the first that is kept. */
  at(index: number): string {
    const line = this.dropped + index;
    return line < this.#written ? (this.#ring[line % KEPT_LINES] as string) : visible(this.#rest);
  }

  /** Everything that is kept, as text. */
  text(): string {
    return Array.from({ length: this.count }, (_, index) => this.at(index)).join('\n');
  }

  readonly version = (): number => this.#version;

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#version += 1;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
