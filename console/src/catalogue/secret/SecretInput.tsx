// Where a secret is written. It stands in its field and nowhere else: whoever sends it takes it from there, and with its dialog it is gone.
// Nothing that a server says ever comes here.
import { Checkbox, PasswordInput, Textarea } from '@mantine/core';
import { type ClipboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import css from './secret.module.css';
import { isOfLines } from './written.ts';

export type Written = HTMLInputElement | HTMLTextAreaElement;

interface Props {
  label: string;
  /** The field that holds it. */
  field: RefObject<Written | null>;
  /** Whether anything is written there. */
  fill: (isFilled: boolean) => void;
  error: ReactNode;
}

export function SecretInput({ label, field, fill, error }: Props) {
  const [hasLines, setLines] = useState(false);
  const pasted = useRef('');
  // A field of one line would join what it cannot hold.
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (!isOfLines(text)) return;
    event.preventDefault();
    pasted.current = text;
    setLines(true);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another field stands there then
  useEffect(() => {
    if (!field.current) return;
    field.current.value = pasted.current;
    pasted.current = '';
    fill(field.current.value !== '');
  }, [hasLines, field, fill]);

  const common = {
    label,
    description: 'At least 4 characters. Nobody reads it back, you neither.',
    required: true,
    spellCheck: false,
    autoComplete: 'new-password',
    onChange: (event: { currentTarget: Written }) => fill(event.currentTarget.value !== ''),
    error,
  };
  return (
    <>
      {hasLines ? (
        <Textarea {...common} ref={field as RefObject<HTMLTextAreaElement | null>} rows={5} classNames={{ input: css.hidden ?? '' }} />
      ) : (
        <PasswordInput {...common} ref={field as RefObject<HTMLInputElement | null>} onPaste={paste} />
      )}
      <Checkbox
        size="xs"
        label="It has several lines"
        description="Such as a key in a file. What is written is taken away when this changes."
        checked={hasLines}
        onChange={(event) => setLines(event.currentTarget.checked)}
      />
    </>
  );
}
