import { Json } from './Json.tsx';
import { isLong, shortly } from './shortly.ts';
import css from './Value.module.css';

/** A value in a line, as JSON has it, so that the text "3" is not taken for the number 3; the rest of it is a click away. */
export function Value({ value }: { value: unknown }) {
  const text = shortly(value);
  if (!isLong(value)) return <span className="mono break">{text}</span>;
  return (
    <details className={css.value}>
      <summary className="mono">{text}</summary>
      <Json value={value} />
    </details>
  );
}
