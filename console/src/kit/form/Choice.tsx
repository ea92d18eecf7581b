// Chooses one of many things by typing a part of its name: the server finds them.
import { Loader, Select } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';

export interface Option {
  value: string;
  label: string;
}

interface Props {
  label: string;
  placeholder: string;
  value: string | undefined;
  choose: (value: string | undefined) => void;
  /** The things whose name contains a text; the first ones if it is empty. */
  find: (text: string) => Promise<readonly Option[]>;
  /** The name of the thing that the address already names. */
  nameOf: (value: string) => Promise<string | undefined>;
}

/** How long typing has to rest before the server is asked, in milliseconds. */
const REST = 150;

export function Choice({ label, placeholder, value, choose, find, nameOf }: Props) {
  const [options, setOptions] = useState<readonly Option[]>([]);
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [named, setNamed] = useState<Option>();

  useEffect(() => {
    if (!value || named?.value === value) return undefined;
    let isWanted = true;
    void nameOf(value).then((label) => isWanted && setNamed({ value, label: label ?? value }));
    return () => {
      isWanted = false;
    };
  }, [value, named, nameOf]);

  const look = async (text: string) => {
    setBusy(true);
    setOptions(await find(text));
    setBusy(false);
  };
  const lookSoon = useDebouncedCallback((text: string) => void look(text), REST);
  const shown = value && named?.value === value && !options.some((option) => option.value === value) ? [named, ...options] : options;

  return (
    <Select
      aria-label={label}
      placeholder={placeholder}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `${label}: any` }}
      data={[...shown]}
      value={value ?? null}
      searchValue={text}
      onSearchChange={(text) => {
        setText(text);
        lookSoon(text === named?.label ? '' : text);
      }}
      onDropdownOpen={() => void look('')}
      onChange={(chosen, option) => {
        if (option) setNamed({ value: option.value, label: option.label });
        choose(chosen ?? undefined);
      }}
      // The server has found what matches.
      filter={({ options }) => options}
      rightSection={isBusy ? <Loader size={12} /> : undefined}
      nothingFoundMessage={isBusy ? 'Looking…' : 'Nothing is called so.'}
    />
  );
}
