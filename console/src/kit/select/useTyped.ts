// What is typed into a filter. The list follows once somebody stops typing; what the address says otherwise ("back", a cleared filter) is taken over.
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

/** How long somebody has to stop typing, in milliseconds. */
const STILL = 200;

export interface Filtering {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

export function useTyped({ value = '', onChange }: Filtering): [typed: string, type: (text: string) => void] {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  const tell = useDebouncedCallback((text: string, page: string) => {
    // Whoever went on meanwhile, to a page that is still to come, would be led back.
    if (location.pathname !== page) return;
    told.current = text;
    onChange(text || undefined);
  }, STILL);
  const type = (text: string) => {
    setTyped(text);
    tell(text.trim(), location.pathname);
  };
  return [typed, type];
}
