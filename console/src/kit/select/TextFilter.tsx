// A filter that is typed. The list follows once somebody stops typing; what the address says otherwise ("back", a cleared filter) is taken over.
import { Autocomplete, type AutocompleteProps, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { withDetails } from './OptionLine.tsx';

/** How long somebody has to stop typing, in milliseconds. */
const STILL = 200;

interface Props {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  width?: number | undefined;
}

export function TextFilter({ label, width = 160, ...told }: Props) {
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

interface SuggestedProps extends Props, Pick<AutocompleteProps, 'onDropdownOpen' | 'onDropdownClose'> {
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

function useTyped({ value = '', onChange }: Pick<Props, 'value' | 'onChange'>): [string, (text: string) => void] {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  const tell = useDebouncedCallback((text: string) => {
    told.current = text;
    onChange(text || undefined);
  }, STILL);
  const type = (text: string) => {
    setTyped(text);
    tell(text.trim());
  };
  return [typed, type];
}
