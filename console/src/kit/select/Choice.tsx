// A filter with a few closed values: compact, named for whoever cannot see its place, and taken away with one click.
import { Select, type SelectProps } from '@mantine/core';
import { withDetails } from './OptionLine.tsx';

interface Props<T extends string> extends Pick<SelectProps, 'onDropdownOpen' | 'onDropdownClose'> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
  width?: number | undefined;
  /** What is said of a choice beside it, such as how many it leaves. */
  detailOf?: ((value: string) => string | undefined) | undefined;
}

export function Choice<T extends string>({ label, options, value, onChange, width = 130, detailOf, ...dropdown }: Props<T>) {
  return (
    <Select
      aria-label={label}
      placeholder={label}
      data={[...options]}
      value={value ?? null}
      onChange={(next) => onChange(options.find((option) => option.value === next)?.value)}
      clearable
      clearButtonProps={{ 'aria-label': `Any: ${label}` }}
      w={width}
      {...dropdown}
      // A choice with a detail needs more room than the field.
      {...(detailOf ? { comboboxProps: { width: 'max-content', position: 'bottom-start' as const } } : {})}
      {...withDetails(detailOf)}
    />
  );
}
