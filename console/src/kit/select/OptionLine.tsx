// A choice with something said of it beside its name.
import type { ReactNode } from 'react';
import css from './OptionLine.module.css';

interface Rendered {
  option: { value: string; label?: string };
  checked?: boolean;
}

/** What makes a select show details; nothing where there are none, so that its choices look as usual. */
export function withDetails(detailOf: ((value: string) => string | undefined) | undefined) {
  if (!detailOf) return {};
  return {
    renderOption: ({ option: { value, label }, checked }: Rendered): ReactNode => (
      <span className={css.line} data-chosen={checked ?? false}>
        <span className={css.label}>{label ?? value}</span>
        <span className={css.detail}>{detailOf(value)}</span>
      </span>
    ),
  };
}
