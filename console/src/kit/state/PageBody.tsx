// What a page is in: not there yet, not readable, or shown. No other place decides that.
import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Failure } from '../api/failure.ts';
import { useShown } from '../live/shown.ts';
import type { Page } from '../live/usePage.ts';
import css from './state.module.css';

interface Props<D> {
  page: Page<D>;
  /** Whether the page has its title already: what could not be read is a part of it then. */
  hasTitle?: boolean;
  children: (data: D) => ReactNode;
}

export function PageBody<D>({ page, hasTitle = false, children }: Props<D>) {
  const { data, failure, position, again } = page;
  useShown(position);
  if (data !== undefined) {
    return (
      <>
        {failure && <Stale failure={failure} position={position} again={again} />}
        {children(data)}
      </>
    );
  }
  return failure ? <Failed failure={failure} again={again} isPage={!hasTitle} /> : <Loading />;
}

export function Loading() {
  return (
    <div className={css.middle}>
      <Loader size="sm" />
    </div>
  );
}

/** Nothing could be read. */
export function Failed({ failure, again, isPage = false }: { failure: Failure; again: () => void; isPage?: boolean }) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className={css.middle} role="alert">
      <Heading className={css.title}>{failure.code === 'NOT_FOUND' ? 'There is no such thing' : 'This could not be read'}</Heading>
      <p className={css.message}>{failure.message}</p>
      <p className={css.code}>{failure.code}</p>
      <Button onClick={again}>Try again</Button>
    </div>
  );
}

/** What is shown is older than it should be. */
export function Stale({ failure, position, again }: { failure: Failure; position: string | undefined; again: () => void }) {
  return (
    <div className={css.stale} role="alert">
      <span>
        {position ? `As of position ${position}` : 'This may be old'}: the newest reading failed ({failure.code}). {failure.message}
      </span>
      <Button size="compact-xs" onClick={again}>
        Try again
      </Button>
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Whether it is all that the page has. */
  isPage?: boolean;
}

/** There is nothing to show: why, and the one next step. */
export function Empty({ title, children, action, isPage = false }: EmptyProps) {
  const Title = isPage ? 'h1' : 'h2';
  return (
    <div className={css.middle}>
      <Title className={css.title}>{title}</Title>
      {children && <div className={css.message}>{children}</div>}
      {action}
    </div>
  );
}

/** A link led to something that is not there, at the moment that is looked at. */
export function Missing({ what }: { what: string }) {
  return (
    <Empty title={`There is no such ${what}`} isPage>
      It was never there, is out of your reach, or did not exist at the moment that you look at.
    </Empty>
  );
}
