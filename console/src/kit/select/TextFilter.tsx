// A filter that is typed. The list follows once somebody stops typing; what the address says otherwise ("back", a cleared filter) is taken over.
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

/** How long somebody has to stop typing, in milliseconds. */
const STILL = 200;

interface Props {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  width?: number | undefined;
}

export function TextFilter({ label, value = '', onChange, width = 160 }: Props) {
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
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
      w={width}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
