// The palette's place in the frame: nothing until somebody presses Ctrl-K or asks for it.
import { useHotkeys } from '@mantine/hooks';
import { Observed, useObserved } from '~/kit/live/observed.ts';
import { PARTS, Part } from './parts.tsx';

const isAsked = new Observed(false);

export function openPalette() {
  if (isAsked.get()) void import('./Palette.tsx').then(({ openPalette }) => openPalette());
  isAsked.set(true);
}

export function LazyPalette() {
  const isThere = useObserved(isAsked);
  // Once it is there it listens for itself.
  useHotkeys(isThere ? [] : [['mod+K', openPalette]], []);
  return <Part load={PARTS.palette} props={{}} isWanted={isThere} />;
}
