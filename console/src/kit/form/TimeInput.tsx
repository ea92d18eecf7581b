import { TextInput } from '@mantine/core';
import { localInput } from '../time/words.ts';

interface Props {
  label: string;
  /** In RFC 3339. */
  value: string | undefined;
  choose: (value: string | undefined) => void;
}

/** A moment to filter by, in the time zone of whoever looks. */
export function TimeInput({ label, value, choose }: Props) {
  const shown = value ? localInput(new Date(value)) : '';
  return (
    <TextInput
      type="datetime-local"
      step={1}
      leftSection={<span className="small">{label}</span>}
      leftSectionWidth={label.length * 7 + 14}
      aria-label={label}
      defaultValue={shown}
      key={value}
      onBlur={({ currentTarget }) => {
        if (currentTarget.value === shown) return;
        const at = new Date(currentTarget.value);
        choose(Number.isNaN(at.getTime()) ? undefined : at.toISOString());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}
