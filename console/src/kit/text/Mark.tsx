import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

/** A state in a word, with its colour; the word alone says all. */
export function Mark({ tone = 'quiet', children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className="mark" data-tone={tone} title={title}>
      {children}
    </span>
  );
}
