// A filter that is typed, or chosen among what is suggested.
import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { withDetails } from './OptionLine.tsx';
import type { TextFilterProps } from './TextFilter.tsx';
import { useTyped } from './useTyped.ts';

interface SuggestedProps extends TextFilterProps, Pick<AutocompleteProps, 'onDropdownOpen' | 'onDropdownClose'> {
  /** What may be typed, among others. */
  suggestions: readonly string[];
  /** What is said of a suggestion beside it. */
  detailOf?: ((value: string) => string | undefined) | undefined;
}

export function SuggestedFilter({ label, width = 160, suggestions, detailOf, value, onChange, ...dropdown }: SuggestedProps) {
  const [typed, type] = useTyped({ value, onChange });
  return (
    <Autocomplete
      aria-label={label}
      placeholder={label}
      data={[...suggestions]}
      value={typed}
      onChange={type}
      w={width}
      {...dropdown}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      autoComplete="off"
      spellCheck={false}
      {...withDetails(detailOf)}
    />
  );
}
