import type { ReactNode } from 'react';

/** What may be wider than the page scrolls by itself, by the keyboard too. */
export function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className="wide" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
