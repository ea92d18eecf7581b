// An output that may have any length and grow: only the lines in the window are there, and the end is followed unless the reader looks at
// something further up.
import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { plural } from '../text/words.ts';
import { visible } from './lines.ts';
import css from './Output.module.css';
import { KEPT_LINES, type OutputLines } from './OutputLines.ts';

const HEIGHT = 18;
/** So many pixels from the end are still the end. */
const NEAR = 24;
const OVERSCAN = 20;
/** Beyond so many lines the window has a height of its own. */
const SHORT = 18;

export function Output({ lines, label, children }: { lines: OutputLines; label: string; children?: ReactNode }) {
  useSyncExternalStore(lines.listen, lines.version);
  const scroller = useRef<HTMLElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const { count, dropped } = lines;
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => HEIGHT, overscan: OVERSCAN });

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each line that came the end is another place
  useEffect(() => {
    const window = scroller.current;
    if (isFollowing && window) window.scrollTop = window.scrollHeight;
  }, [isFollowing, count, dropped]);

  const scrolled = () => {
    const window = scroller.current;
    if (window) setFollowing(window.scrollHeight - window.scrollTop - window.clientHeight < NEAR);
  };

  return (
    <div className={css.output}>
      <section
        ref={scroller}
        className={`${css.scroller} ${count <= SHORT ? css.short : ''}`}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        tabIndex={0}
        onScroll={scrolled}
      >
        <div className={css.lines} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div key={dropped + index} className={css.line} style={{ transform: `translateY(${start}px)` }}>
              {lines.at(index)}
            </div>
          ))}
        </div>
      </section>
      <div className={css.bar}>
        <span>
          {plural(count, 'line')}
          {dropped > 0 && `, the last ${KEPT_LINES.toLocaleString('en')}: ${plural(dropped, 'line')} before them ${dropped === 1 ? 'was' : 'were'} let go`}
        </span>
        {children}
        {!isFollowing && (
          <Button size="compact-xs" onClick={() => setFollowing(true)}>
            Follow the end
          </Button>
        )}
      </div>
    </div>
  );
}

/** A short text of a script, whole. */
export function OutputText({ label, text, isError = false }: { label: string; text: string; isError?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section className={css.text} data-channel={isError ? 'error' : undefined} aria-label={label} tabIndex={0}>
      {visible(text.replaceAll('\r\n', '\n'))}
    </section>
  );
}
