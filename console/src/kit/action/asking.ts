// What a change of one thing is asked about with: the thing as it was when it was asked, and what the fields hold.
import { useState } from 'react';
import type { ErrorOf } from './ChangeDialog.tsx';
import type { May } from './may.ts';

/** A thing as its changes need it. */
export interface Thing {
  uuid: string;
  /** Nothing where it counts more than what people change: then it moves while somebody thinks. */
  revision?: number;
  may: May;
}

/** How the way to a change stands in a page. */
export interface Standing {
  label: string;
  /** Whether it stands in each row of a list. */
  isInRow?: boolean;
}

/** What an input has beside what the fields say: it is filled in by whoever sends. */
type Around = 'id' | 'confirmImpact' | 'options';

/** What the fields say of an input. */
export type Wanted<I> = Omit<I, Around>;

export interface Words {
  title: string;
  /** What the button does; as the way there is called if not given. */
  verb?: string;
  /** What it comes to, for whoever asks before doing it. */
  means?: string;
  isDangerous?: boolean;
}

/** What came of it, for `tell` and the way back. */
export interface Came<T, F, P> {
  seen: T;
  fields: F;
  payload: P;
}

export interface Asking<T extends Thing, F, I> {
  of: T;
  words: (seen: T, fields: F) => Words;
  /** What the fields hold at first; nothing where there are none. */
  begin?: (seen: T) => F;
  /** What they say; nothing while that is not whole, or is what is there already. All that is said where there are none. */
  input?: (fields: F, seen: T) => Wanted<I> | undefined;
  /** Where the fields stand that have no names of their own: once that changed, what the server said against a place is said no more. */
  places?: (fields: F) => string;
  children?: (fields: F, change: (fields: F) => void, errorOf: ErrorOf) => React.ReactNode;
}

/** Of a dialog that is made anew whenever it is opened. */
export function useAsking<T extends Thing, F, I>({ of, words, begin, input, places }: Asking<T, F, I>) {
  const [seen] = useState(of);
  const [fields, change] = useState(() => begin?.(seen) as F);
  const wanted = input ? input(fields, seen) : ({} as Wanted<I>);
  // The compiler does not see that the rest of an input and what is around it are the whole.
  const whole = (around: object) => ({ id: seen.uuid, ...wanted, ...around }) as unknown as I;
  return { seen, fields, change, isReady: wanted !== undefined, whole, words: words(seen, fields), places: places?.(fields) };
}
