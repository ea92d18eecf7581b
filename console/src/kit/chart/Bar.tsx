// A number as a bar, or several that make one whole. The words beside it say the same.
import type { Tone } from '../text/Mark.tsx';
import css from './Bar.module.css';

interface Part {
  value: number;
  tone: Tone;
}

interface Props {
  parts: readonly Part[];
  total: number;
  /** What it shows, for whoever cannot see it. */
  label: string;
}

export function Bar({ parts, total, label }: Props) {
  const whole = Math.max(total, 1);
  let from = 0;
  return (
    <svg className={css.bar} role="img" aria-label={label} viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect className={css.ground} width="100" height="4" />
      {parts
        .filter(({ value }) => value > 0)
        .map(({ value, tone }) => {
          const x = from;
          const width = (value / whole) * 100;
          from += width;
          return <rect key={x} className={css.part} data-tone={tone} x={x} width={width} height="4" />;
        })}
    </svg>
  );
}
