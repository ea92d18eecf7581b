// Where code is shown or written by CodeMirror: in an open shadow root, where its styles are constructed sheets, which the policy's
// `style-src 'self'` does not concern. Only lazy routes and components may import this.
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { look } from './look.ts';

interface Props {
  text: string;
  /** The same object as long as nothing about it changes: another one begins anew. */
  extensions: Extension;
}

export function CodeView({ text, extensions }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const view = new EditorView({ parent: root, root, state: EditorState.create({ doc: text, extensions: [look, extensions] }) });
    return () => view.destroy();
  }, [text, extensions]);
  return <div ref={host} />;
}
