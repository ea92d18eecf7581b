// The palette's place in the frame: nothing until somebody presses Ctrl-K or asks for it.
import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { Observed, useObserved } from '~/kit/live/observed.ts';

const isAsked = new Observed(false);
const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));

export function openPalette() {
  if (isAsked.get()) void import('./Palette.tsx').then(({ openPalette }) => openPalette());
  isAsked.set(true);
}

export function LazyPalette() {
  const isThere = useObserved(isAsked);
  // Once it is there it listens for itself.
  useHotkeys(isThere ? [] : [['mod+K', openPalette]], []);
  return isThere ? (
    <Suspense>
      <Palette />
    </Suspense>
  ) : null;
}
