// A script with its highlighting, and the difference between two. Behind a lazy import: this is the editor's chunk.
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useMemo } from 'react';
import { CodeView } from '~/kit/code/CodeView.tsx';
import { LANGUAGES } from './languages.ts';
import type { Interpreter } from './script.ts';

interface Props {
  label: string;
  interpreter: Interpreter;
  text: string;
  /** The text that this one is compared with. */
  before?: string | undefined;
}

export default function ScriptCode({ label, interpreter, text, before }: Props) {
  const extensions = useMemo(
    () => [
      LANGUAGES[interpreter],
      lineNumbers(),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      // It scrolls, so the keyboard has to reach it.
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
      before === undefined ? [] : unifiedMergeView({ original: before, mergeControls: false, gutter: true, collapseUnchanged: { margin: 3, minSize: 8 } }),
    ],
    [label, interpreter, before],
  );
  return <CodeView text={text} extensions={extensions} />;
}
