// Whether there is little room, as the style sheets have it: one question to the browser for the whole page.
import { useSyncExternalStore } from 'react';

let asked: MediaQueryList | undefined;

function narrow(): MediaQueryList {
  asked ??= window.matchMedia('(max-width: 48em)');
  return asked;
}

function listen(changed: () => void): () => void {
  narrow().addEventListener('change', changed);
  return () => narrow().removeEventListener('change', changed);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(listen, () => narrow().matches);
}
