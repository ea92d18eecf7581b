// Walks a list page by page where only cursors lead on: a stack of them, so that the way back is the way that was taken.
import { Button } from '@mantine/core';
import { useState } from 'react';

export interface Cursors {
  after: string | undefined;
  /** How many pages lie before this one. */
  passed: number;
  next: (cursor: string) => void;
  previous: () => void;
}

/** With another key (another filter, another thing) it starts at the first page. */
export function useCursors(key: string): Cursors {
  const [way, setWay] = useState<{ key: string; cursors: readonly string[] }>({ key, cursors: [] });
  const cursors = way.key === key ? way.cursors : [];
  return {
    after: cursors.at(-1),
    passed: cursors.length,
    next: (cursor) => setWay({ key, cursors: [...cursors, cursor] }),
    previous: () => setWay({ key, cursors: cursors.slice(0, -1) }),
  };
}

interface Props {
  /** What is paged through, for whoever cannot see it. */
  label: string;
  cursors: Cursors;
  /** How many a page has. */
  size: number;
  shown: number;
  total: number | null | undefined;
  endCursor: string | null | undefined;
  hasNext: boolean;
}

export function Pager({ label, cursors, size, shown, total, endCursor, hasNext }: Props) {
  if (!hasNext && cursors.passed === 0) return null;
  const from = cursors.passed * size + 1;
  const to = from + shown - 1;
  return (
    <nav className="bar small" aria-label={`Pages of ${label}`}>
      <span className="dimmed">
        {from.toLocaleString('en')}–{to.toLocaleString('en')}
        {typeof total === 'number' && ` of ${total.toLocaleString('en')}`}
      </span>
      {cursors.passed > 0 && (
        <Button size="compact-xs" onClick={cursors.previous}>
          Previous
        </Button>
      )}
      {hasNext && endCursor && (
        <Button size="compact-xs" onClick={() => cursors.next(endCursor)}>
          Next
        </Button>
      )}
    </nav>
  );
}
