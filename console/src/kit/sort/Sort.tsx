// What is seen and heard of something that is moved between lists.
import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import css from './sort.module.css';
import type { HandleProps, Sorting } from './useSorting.ts';

/** Where it is held. */
export function Handle({ name, isHeld, ...events }: HandleProps) {
  return (
    <button type="button" className={css.handle} aria-label={`Hold ${name} to move it`} aria-pressed={isHeld} {...events}>
      <span aria-hidden>⠿</span>
    </button>
  );
}

/** All lists that something is moved between, with what is said, and what hangs at the pointer. */
export function SortingArea({ sorting: { root, held, said }, className, children }: { sorting: Sorting; className?: string | undefined; children: ReactNode }) {
  return (
    <div ref={root} className={className} data-sorting={held !== undefined || undefined}>
      {children}
      <VisuallyHidden role="status" aria-live="assertive">
        {said}
      </VisuallyHidden>
    </div>
  );
}

/** What is held by a pointer, beside it. */
export function Hanging({ sorting: { held }, name }: { sorting: Sorting; name: string }) {
  if (!held?.point) return null;
  return (
    <div className={css.hanging} style={{ transform: `translate(${held.point.x}px, ${held.point.y}px)` }} aria-hidden>
      {name}
    </div>
  );
}
