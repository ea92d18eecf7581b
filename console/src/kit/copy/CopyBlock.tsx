// Several lines to take away. Where a browser gives pages no clipboard (plain HTTP by name) they are marked, and the keyboard does it.
import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { Wide } from '../table/Wide.tsx';
import css from './CopyBlock.module.css';

interface Props {
  /** What the lines are, for whoever cannot see them. */
  label: string;
  text: string;
}

export function CopyBlock({ label, text }: Props) {
  const block = useRef<HTMLPreElement>(null);
  const [state, setState] = useState<'copied' | 'marked'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      if (block.current) getSelection()?.selectAllChildren(block.current);
      setState('marked');
    }
  };
  return (
    <div className={css.block}>
      <div className="bar">
        <Button onClick={() => void copy()}>Copy</Button>
        <span role="status" className="small">
          {state === 'copied' && 'Copied.'}
          {state === 'marked' && 'Marked: press Ctrl C.'}
        </span>
      </div>
      <Wide label={label}>
        <pre ref={block} className={css.text}>
          {text}
        </pre>
      </Wide>
    </div>
  );
}
