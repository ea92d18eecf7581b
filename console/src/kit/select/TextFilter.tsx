// A filter that is typed.
import { TextInput } from '@mantine/core';
import { type Filtering, useTyped } from './useTyped.ts';

export interface TextFilterProps extends Filtering {
  label: string;
  width?: number | undefined;
}

export function TextFilter({ label, width = 160, ...told }: TextFilterProps) {
  const [typed, type] = useTyped(told);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      w={width}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
