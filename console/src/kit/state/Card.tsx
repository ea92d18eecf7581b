// A part of a page that stands by itself: while it is read, where it failed, and where it broke, the others are as they are.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Failure } from '../api/failure.ts';
import { Boundary } from './Boundary.tsx';
import css from './Card.module.css';

interface Props<T> {
  title: string;
  /** Why it could not be read. */
  failure?: Failure | undefined;
  again: () => void;
  /** What it shows, once that has come. */
  of: T | null | undefined;
  /** The position of what it shows, where the page is further by now: it takes longer to read. */
  behind?: string | undefined;
  /** How many lines it usually has; so much room it has from the beginning. */
  lines: number;
  children: (of: T) => ReactNode;
}

export function Card<T>({ title, failure, again, of, behind, lines, children }: Props<T>) {
  const isThere = of !== null && of !== undefined;
  return (
    <section className={`card ${css.card}`} style={{ '--lines': lines } as React.CSSProperties} aria-busy={!failure && !isThere}>
      <h2>
        {title}
        {isThere && behind && <span className={css.behind}>as of position {behind}</span>}
      </h2>
      {failure ? (
        <NotThere what="This could not be read" code={failure.code} message={failure.message} again={again} />
      ) : isThere ? (
        <Boundary
          of={of}
          broken={(error, anew) => (
            <NotThere
              what="This part of the page broke"
              code="BROKEN"
              message={error instanceof Error ? error.message : String(error)}
              again={() => {
                anew();
                again();
              }}
            />
          )}
        >
          <Content of={of} show={children} />
        </Boundary>
      ) : (
        <Coming lines={lines} />
      )}
    </section>
  );
}

/** By itself, so that what breaks in it breaks inside of the boundary. */
function Content<T>({ of, show }: { of: T; show: (of: T) => ReactNode }) {
  return show(of);
}

function NotThere({ what, code, message, again }: { what: string; code: string; message: string; again: () => void }) {
  return (
    <div role="alert" className={css.failed}>
      <p>
        {what}: {message} <span className="mono">({code})</span>
      </p>
      <Button size="compact-xs" onClick={again}>
        Try again
      </Button>
    </div>
  );
}

function Coming({ lines }: { lines: number }) {
  return (
    <div className={css.coming} aria-hidden>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <span key={line} />
      ))}
    </div>
  );
}
