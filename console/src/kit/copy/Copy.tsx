// Puts a text into the clipboard. Over plain HTTP by name browsers have none: then the text is shown, chosen, to be copied by hand.
import { Button, type ButtonProps, Popover, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

/** How long it says that it is done, in milliseconds. */
const SAID = 2_000;

export function Copy({ text, children, ...button }: { text: () => string; children: ReactNode } & Omit<ButtonProps, 'children'>) {
  const [isCopied, setCopied] = useState(false);
  const [byHand, setByHand] = useState<string>();
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SAID);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
    } catch {
      setByHand(text());
    }
  };
  return (
    <Popover opened={byHand !== undefined} onChange={() => setByHand(undefined)} trapFocus>
      <Popover.Target>
        <Button {...button} onClick={() => void copy()}>
          {isCopied ? 'Copied' : children}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          label="This browser lets pages copy only over HTTPS; copy it by hand"
          value={byHand ?? ''}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
