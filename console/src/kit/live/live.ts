// What tells pages that they are old. One subscription says at which position the server is and what was touched on the way;
// each answer over HTTP tells a position too.
import { Observed } from './observed.ts';
import { laterOf } from './position.ts';

export type Connection = 'connecting' | 'live' | 'away';

/** What was touched up to a position; without kinds, anything may have been. */
export interface Touch {
  position: string;
  kinds?: readonly string[];
}

type Listener = (touch: Touch) => void;

export class Live {
  readonly position = new Observed('0');
  readonly connection = new Observed<Connection>('connecting');
  readonly #listeners = new Set<Listener>();
  #earliest: string | undefined;

  /** The earliest view that an answer was made of: not everything that is shown need be as new as the position. */
  get earliest(): string | undefined {
    return this.#earliest;
  }

  /** An answer was made of a view at this position. */
  seen(position: string) {
    if (this.#earliest === undefined || laterOf(this.#earliest, position) === this.#earliest) this.#earliest = position;
    this.position.set(laterOf(this.position.get(), position));
  }

  /** Something happened. */
  touched(touch: Touch) {
    this.seen(touch.position);
    for (const listener of [...this.#listeners]) listener(touch);
  }

  onTouch(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const live = new Live();
