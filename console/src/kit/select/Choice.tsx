// A filter with a few closed values: compact, named for whoever cannot see its place, and taken away with one click.
import { Select } from '@mantine/core';

interface Props<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
  width?: number;
}

export function Choice<T extends string>({ label, options, value, onChange, width = 130 }: Props<T>) {
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
    />
  );
}
