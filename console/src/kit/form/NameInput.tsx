import { TextInput, type TextInputProps } from '@mantine/core';

interface Props extends Omit<TextInputProps, 'value' | 'onChange'> {
  value: string;
  onChange: (name: string) => void;
}

/** What a thing is called. */
export function NameInput({ onChange, ...input }: Props) {
  return <TextInput label="Name" required {...input} onChange={(event) => onChange(event.currentTarget.value)} />;
}
