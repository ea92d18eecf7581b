// A text to take away. Over plain HTTP by name a browser gives pages no clipboard: then the field is marked, and the keyboard does it.
import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';

interface Props {
  label: string;
  description?: string;
  value: string;
}

export function CopyField({ label, description, value }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<'copied' | 'marked'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setState('copied');
    } catch {
      field.current?.select();
      setState('marked');
    }
  };
  return (
    <div className="bar">
      <TextInput
        ref={field}
        className="grow"
        label={label}
        description={description}
        value={value}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
        classNames={{ input: 'mono' }}
        inputContainer={(input) => (
          <div className="bar">
            <div className="grow">{input}</div>
            <Button onClick={() => void copy()}>Copy</Button>
          </div>
        )}
      />
      <span role="status" className="small">
        {state === 'copied' && 'Copied.'}
        {state === 'marked' && 'Marked: press Ctrl C.'}
      </span>
    </div>
  );
}
