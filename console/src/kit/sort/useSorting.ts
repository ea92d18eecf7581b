// Moves something between lists: by a pointer that holds its handle, or by keys once it is held. Nothing moves before it is put down: until
// then its place is only shown.
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import { isSame, type Place, placeAt, placeOf, placeWords, type SortedList, scrollAt, stepped } from './places.ts';

interface Held {
  item: string;
  by: 'pointer' | 'keys';
  /** Nothing while the pointer is over no list. */
  place: Place | undefined;
  /** Where the pointer is. */
  point?: { x: number; y: number };
}

interface Options {
  lists: readonly SortedList[];
  nameOf: (item: string) => string;
  /** It was put down in another place than it was. */
  drop: (item: string, place: Place) => void;
}

export interface Sorting {
  held: Held | undefined;
  /** What is told to whoever does not see it. */
  said: string;
  /** The element that all lists are in: they have `data-list`, their rows `data-item`. */
  root: React.RefObject<HTMLDivElement | null>;
  handleOf: (item: string) => HandleProps;
}

export interface HandleProps {
  name: string;
  isHeld: boolean;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
  onClick: (event: MouseEvent) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}

/** So many pixels are still a press, not a pull. */
const STILL = 4;

export function useSorting({ lists, nameOf, drop }: Options): Sorting {
  const root = useRef<HTMLDivElement>(null);
  const pressed = useRef<{ item: string; x: number; y: number }>(undefined);
  const [held, setHeld] = useState<Held>();
  const [said, say] = useState('');

  const under = useCallback((item: string, point: { x: number; y: number }) => placeAt(lists, item, point, boxesIn(root.current)), [lists]);
  const leave = () => {
    if (held) say(`${nameOf(held.item)} stays where it was.`);
    pressed.current = undefined;
    setHeld(undefined);
  };
  const putDown = () => {
    if (!held) return;
    const { item, place } = held;
    if (!place || isSame(place, placeOf(lists, item))) return leave();
    setHeld(undefined);
    say(`${nameOf(item)} is put down in ${placeWords(lists, item, place)}.`);
    drop(item, place);
  };
  const takeUp = (item: string) => {
    const place = placeOf(lists, item);
    if (!place) return;
    setHeld({ item, by: 'keys', place });
    say(`${nameOf(item)} is held, in ${placeWords(lists, item, place)}. Arrows move it, Space puts it down, Escape leaves it where it was.`);
  };
  const step = (held: Held, from: Place, key: string) => {
    const place = stepped(lists, held.item, from, key);
    setHeld({ ...held, place });
    say(isSame(place, from) ? 'There is nothing further.' : `${placeWords(lists, held.item, place)}.`);
  };

  useScrolling(root, held, (item, point) => setHeld({ item, by: 'pointer', point, place: under(item, point) }));

  const handleOf = (item: string): HandleProps => ({
    name: nameOf(item),
    isHeld: held?.item === item,
    onPointerDown: (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      // Not every browser does so by itself; Escape has to arrive here.
      event.currentTarget.focus();
      pressed.current = { item, x: event.clientX, y: event.clientY };
    },
    onPointerMove: ({ clientX: x, clientY: y }) => {
      const start = pressed.current;
      if (start?.item !== item) return;
      if (held?.by !== 'pointer' && Math.hypot(x - start.x, y - start.y) < STILL) return;
      setHeld({ item, by: 'pointer', point: { x, y }, place: under(item, { x, y }) });
    },
    onPointerUp: () => {
      pressed.current = undefined;
      if (held?.by === 'pointer') putDown();
    },
    onPointerCancel: () => held?.by === 'pointer' && leave(),
    // Keys and screen readers press without a pointer.
    onClick: ({ detail }) => {
      if (detail !== 0) return;
      if (held?.item === item) putDown();
      else takeUp(item);
    },
    onKeyDown: (event) => {
      if (held?.item !== item) return;
      if (event.key === 'Escape') leave();
      else if (event.key.startsWith('Arrow') && held.by === 'keys' && held.place) step(held, held.place, event.key);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onBlur: () => held?.item === item && held.by === 'keys' && leave(),
  });
  return { held, said, root, handleOf };
}

function boxesIn(root: HTMLElement | null) {
  return (kind: 'list' | 'item', id: string) => root?.querySelector(`[data-${kind}="${CSS.escape(id)}"]`)?.getBoundingClientRect();
}

/** Scrolls while something is held near an edge by a pointer, and shows where it would go when it is held by keys. */
function useScrolling(root: React.RefObject<HTMLElement | null>, held: Held | undefined, moved: (item: string, point: { x: number; y: number }) => void) {
  const latest = useRef(moved);
  latest.current = moved;
  const { item, point, by, place } = held ?? {};
  useEffect(() => {
    const scroller = point && scrollerOf(root.current);
    if (!item || !point || !scroller) return undefined;
    const amount = scrollAt(point.y, scroller.getBoundingClientRect());
    if (amount === 0) return undefined;
    const before = scroller.scrollTop;
    const frame = requestAnimationFrame(() => {
      scroller.scrollTop += amount;
      // What is under the pointer is another place now, until there is nothing more to scroll.
      if (scroller.scrollTop !== before) latest.current(item, point);
    });
    return () => cancelAnimationFrame(frame);
  }, [root, item, point]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: at each other place
  useEffect(() => {
    if (by === 'keys') root.current?.querySelector('[data-target]')?.scrollIntoView({ block: 'nearest' });
  }, [root, by, place]);
}

function scrollerOf(element: HTMLElement | null): HTMLElement | undefined {
  for (let above = element; above; above = above.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(above).overflowY)) return above;
  }
  return undefined;
}
