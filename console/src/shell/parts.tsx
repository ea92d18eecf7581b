// Parts of the frame that are code of their own: they come when somebody first asks for them, or before that while nothing else happens
// (useChunksAhead.ts). The first page does not wait for them, and stays as it is where they cannot be fetched.
import { type ComponentType, type ReactNode, useEffect, useRef, useState } from 'react';

export const PARTS = {
  drawer: async () => (await import('./PlacesDrawer.tsx')).PlacesDrawer,
  moment: async () => (await import('./MomentPanel.tsx')).MomentPanel,
  palette: async () => (await import('./Palette.tsx')).Palette,
  shortcuts: async () => (await import('./ShortcutsDialog.tsx')).ShortcutsDialog,
  told: async () => (await import('./Told.tsx')).Told,
  viewer: async () => (await import('./ViewerPanel.tsx')).ViewerPanel,
} as const;

/** How long until what could not be fetched is tried again, in milliseconds. */
const AGAIN = 3_000;

interface Props<P> {
  load: () => Promise<ComponentType<P>>;
  props: P;
  /** Once it was, the part stays. */
  isWanted: boolean;
  /** What stands there until it has come: it looks as the part does while it is closed. */
  before?: ReactNode;
}

export function Part<P extends object>({ load, props, isWanted, before = null }: Props<P>) {
  const [There, setThere] = useState<ComponentType<P>>();
  useEffect(() => {
    if (!isWanted || There) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const fetchIt = () =>
      void load().then(
        (part) => isOver || setThere(() => part),
        () => {
          if (!isOver) timer = setTimeout(fetchIt, AGAIN);
        },
      );
    fetchIt();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [load, isWanted, There]);
  return There ? <There {...props} /> : before;
}

interface OnDemandProps<P> extends Pick<Props<P>, 'load' | 'props'> {
  closed: (ask: () => void) => ReactNode;
}

/** A button whose panel comes with the first press, and is open then. */
export function OnDemand<P extends object>({ load, props, closed }: OnDemandProps<P>) {
  const [isAsked, setAsked] = useState(false);
  return <Part load={load} props={props} isWanted={isAsked} before={closed(() => setAsked(true))} />;
}

/** For such a panel: its own button takes the focus from the one that stood in its place, so that it goes back there, and it opens. */
export function useOpened() {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    button.current?.focus();
    setOpen(true);
  }, []);
  return { button, isOpen, setOpen };
}
