// The frame around every page: where one can go, which moment is looked at, whether the server is there, and who is signed in.
import { ActionIcon, Burger, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { live } from '~/kit/live/live.ts';
import { useObserved } from '~/kit/live/observed.ts';
import { session } from '~/kit/live/session.ts';
import { Loading } from '~/kit/state/PageBody.tsx';
import { follow } from './follow.ts';
import { LazyPalette, openPalette } from './LazyPalette.tsx';
import { AtMoment } from './PastBanner.tsx';
import { Places } from './Places.tsx';
import { PARTS, Part } from './parts.tsx';
import { Replace } from './Replace.tsx';
import css from './Shell.module.css';
import { Shortcuts } from './Shortcuts.tsx';
import { SignIn } from './SignIn.tsx';
import { lookWhoIsThere, replace, type Shut, signInByLink } from './signIn.ts';
import { TimeControl } from './TimeControl.tsx';
import { useChunksAhead } from './useChunksAhead.ts';
import { ViewerMenu } from './ViewerMenu.tsx';

export function Shell() {
  const signedIn = useObserved(session.state);
  const [shut, setShut] = useState<Shut>();
  const refusal = shut && 'refusal' in shut ? shut.refusal : undefined;
  const replacing = shut && 'replacing' in shut ? shut.replacing : undefined;
  const settle = useCallback(async (shut: Shut | undefined) => {
    setShut(shut);
    const isAsked = shut && 'replacing' in shut;
    if (!isAsked && (shut || session.state.get() === 'unknown')) await lookWhoIsThere();
  }, []);

  useEffect(() => void signInByLink().then(settle), [settle]);

  useEffect(() => {
    if (refusal === undefined || signedIn === 'unknown') return;
    // The door says it, and keeps it; where somebody is still signed in there is no door.
    if (signedIn === 'yes') void import('~/kit/action/tell.tsx').then(({ tell }) => tell(refusal));
    setShut(undefined);
  }, [refusal, signedIn]);
  useEffect(() => (signedIn === 'yes' ? follow() : undefined), [signedIn]);
  useEffect(() => {
    // "Back" after signing out would show the page as it was.
    const shown = (event: PageTransitionEvent) => event.persisted && location.reload();
    addEventListener('pageshow', shown);
    return () => removeEventListener('pageshow', shown);
  }, []);

  if (replacing) {
    return <Replace replacing={replacing} replace={async () => settle(await replace(replacing))} stay={() => void settle(undefined)} />;
  }
  if (signedIn === 'unknown') return <Starting />;
  if (signedIn === 'no') return <SignIn refusal={refusal} />;
  return (
    <>
      <Frame />
      {signedIn === 'ended' && <SignIn isAgain />}
    </>
  );
}

/** Before it is known who is there; a server that does not answer is asked again. */
function Starting() {
  useEffect(() => {
    const timer = setInterval(() => void lookWhoIsThere(), 2_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <main className={css.starting}>
      <Loading />
      <p className="dimmed">Asking the server…</p>
    </main>
  );
}

function Frame() {
  useChunksAhead();
  const [isOpen, { open, close }] = useDisclosure();
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has gone somewhere needs the menu no more
  useEffect(close, [pathname]);
  return (
    <div className={css.frame}>
      <a href="#main" className={css.skip}>
        Skip to the page
      </a>
      <header className={css.header}>
        <Burger hiddenFrom="sm" size="sm" opened={isOpen} onClick={open} aria-label="Open the navigation" />
        <Link to="/" className={css.name}>
          Upkeep
        </Link>
        <Button
          className={css.search}
          onClick={openPalette}
          variant="default"
          justify="space-between"
          rightSection={<kbd className={css.key}>Ctrl K</kbd>}
          aria-keyshortcuts="Control+K"
        >
          Find or do…
        </Button>
        <span className={css.space} />
        <Connection />
        <TimeControl />
        <Scheme />
        <ViewerMenu />
      </header>
      <nav className={css.navigation} aria-label="Places">
        <Places />
      </nav>
      <Part load={PARTS.drawer} props={{ isOpen, close }} isWanted={isOpen} />
      <main id="main" className={css.main} tabIndex={-1}>
        <AtMoment>
          <Outlet />
        </AtMoment>
        <div id="overlays" />
      </main>
      <Part load={PARTS.told} props={{}} isWanted />
      <LazyPalette />
      <Shortcuts />
    </div>
  );
}

/** Silent while all is well. */
function Connection() {
  const connection = useObserved(live.connection);
  if (connection !== 'away') return <span role="status" />;
  return (
    <span role="status" className={css.away}>
      Not connected; what you see may be old. Trying again…
    </span>
  );
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon onClick={() => setColorScheme(next)} aria-label={`Use the ${next} theme`} title={`Use the ${next} theme`}>
      <span aria-hidden>{scheme === 'light' ? '☾' : '☀'}</span>
    </ActionIcon>
  );
}
