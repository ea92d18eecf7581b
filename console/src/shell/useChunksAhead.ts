// The code of the frame's other parts and of the places in the navigation, fetched while nothing else happens: a click waits for what is read,
// never for code.
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { PARTS } from './parts.tsx';
import { PLACES } from './places.ts';

/** How long the first page has for itself, in milliseconds. */
const FIRST = 1_000;
/** Where a browser does not tell when it is idle. */
const BETWEEN = 100;

export function useChunksAhead() {
  const { routesByPath, loadRouteChunk } = useRouter();
  useEffect(() => {
    if (isSparing()) return undefined;
    let isOver = false;
    const fetchAll = async () => {
      // What cannot be fetched now is fetched when somebody wants it, and is told then.
      for (const part of Object.values(PARTS)) {
        await idle();
        if (isOver) return;
        await part().catch(() => undefined);
      }
      for (const { to } of PLACES) {
        const route = routesByPath[to as keyof typeof routesByPath];
        await idle();
        if (isOver) return;
        await loadRouteChunk(route)?.catch(() => undefined);
      }
    };
    const timer = setTimeout(() => void fetchAll(), FIRST);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [routesByPath, loadRouteChunk]);
}

function isSparing(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false;
}

function idle(): Promise<unknown> {
  return new Promise((resolve) => ('requestIdleCallback' in window ? requestIdleCallback(resolve) : setTimeout(resolve, BETWEEN)));
}
