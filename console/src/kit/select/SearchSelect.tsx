// A choice among too many to list: what is typed is looked for by the server, and what is chosen stays in view whatever is typed.
import { Loader, Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { withDetails } from './OptionLine.tsx';

export interface Option {
  value: string;
  label: string;
  /** What tells it from others of that name. */
  detail?: string | undefined;
}

/** What is looked for. */
export interface Sought {
  text: string;
  /** What is chosen, and wants a name. */
  value: string | undefined;
  /** What the search is limited to, as the hook takes it. */
  within: string;
  /** Whether nobody looks yet: then nothing needs to be read. */
  isIdle: boolean;
}

export interface Found {
  options: readonly Option[];
  /** What the value is called, where it is known. */
  chosen: Option | undefined;
  isReading: boolean;
}

/** How long somebody has to stop typing before it is looked for, in milliseconds. */
const STILL = 200;

export interface SearchSelectProps
  extends Pick<SelectProps, 'placeholder' | 'required' | 'description' | 'w' | 'className' | 'onDropdownOpen' | 'onDropdownClose'> {
  label?: ReactNode;
  'aria-label'?: string;
  value: string | undefined;
  onChange: (value: string | undefined, label: string, detail?: string) => void;
  error?: ReactNode;
  isClearable?: boolean;
  /** What the value is called, where whoever gives it knows. */
  known?: Option | undefined;
  /** What is said of a choice beside it, such as how many it leaves; what tells it from others if not given. */
  detailOf?: ((value: string) => string | undefined) | undefined;
}

interface Props extends SearchSelectProps {
  /** A hook. */
  useFound: (sought: Sought) => Found;
  /** What the search is limited to, as the hook takes it. */
  within?: string;
}

export function SearchSelect({ useFound, within = '', value, onChange, isClearable = true, known: given, detailOf, ...input }: Props) {
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, STILL);
  const [last, setLast] = useState<Option>();
  const [isOpened, setOpened] = useState(false);
  const isNamed = value === undefined || value === last?.value || value === given?.value;
  // The field shows what is chosen as its text; that is nothing to look for.
  const isIdle = !isOpened && isNamed;
  const { options, chosen, isReading } = useFound({ text: text === last?.label ? '' : text, value, within, isIdle });
  const known = last?.value === value ? last : (chosen ?? given);
  const all = known && !options.some((option) => option.value === known.value) ? [known, ...options] : options;
  const ofOption = (value: string) => all.find((option) => option.value === value)?.detail;
  const isTold = all.some(({ detail }) => detail !== undefined);
  // Where it has a label there is room to say which one is chosen.
  const told = input.label && value !== undefined ? ofOption(value) : undefined;
  return (
    <Select
      {...input}
      description={told && input.description ? <Both description={input.description} told={told} /> : (told ?? input.description)}
      searchable
      clearable={isClearable}
      clearButtonProps={{ 'aria-label': 'Take the choice away' }}
      data={[...all]}
      filter={({ options }) => options}
      {...withDetails(detailOf ?? (isTold ? ofOption : undefined))}
      value={value ?? null}
      onChange={(next, option) => {
        const detail = next ? ofOption(next) : undefined;
        setLast(next && option ? { value: next, label: option.label, detail } : undefined);
        onChange(next ?? undefined, option?.label ?? '', detail);
      }}
      onSearchChange={setTyped}
      // Another choice is begun by typing, not by taking away what is there.
      onFocus={(event) => {
        setOpened(true);
        event.currentTarget.select();
      }}
      onClick={(event) => event.currentTarget.select()}
      nothingFoundMessage={isReading ? 'Looking…' : 'Nothing is called so.'}
      rightSection={isReading && !isIdle && typed ? <Loader size={12} /> : undefined}
    />
  );
}

function Both({ description, told }: { description: ReactNode; told: string }) {
  return (
    <>
      {description}
      <br />
      {told}
    </>
  );
}
