// A script as it is written, in its colours. Behind a lazy import: this is the editor's chunk. Tab leaves it, as it leaves every field.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { look } from '~/kit/code/look.ts';
import { overSelection } from '~/kit/code/overSelection.ts';
import { LANGUAGES } from './languages.ts';
import css from './script.module.css';
import type { Interpreter } from './script.ts';

interface Props {
  label: string;
  interpreter: Interpreter;
  /** What it begins with; after that it is the editor's. */
  text: string;
  onChange: (text: string) => void;
  isInvalid: boolean;
}

export default function ScriptEditor({ label, interpreter, text, onChange, isInvalid }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef({ text, interpreter });
  const language = useRef(new Compartment());

  useEffect(() => {
    const element = host.current as HTMLDivElement;
    // A dialog goes by Tab through what it sees, and that is the host.
    element.tabIndex = 0;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open', delegatesFocus: true });
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current(update.state.doc.toString());
    });
    const { text: doc, interpreter } = first.current;
    const state = EditorState.create({ doc, extensions: [writing(label), language.current.of(LANGUAGES[interpreter]), told] });
    const view = new EditorView({ parent: root, root, state });
    // Who comes to the host is led to the first that takes the focus, which is to be the text.
    view.scrollDOM.removeAttribute('tabindex');
    editor.current = view;
    return () => view.destroy();
  }, [label]);

  useEffect(() => {
    editor.current?.dispatch({ effects: language.current.reconfigure(LANGUAGES[interpreter]) });
  }, [interpreter]);

  useEffect(() => {
    editor.current?.contentDOM.setAttribute('aria-invalid', String(isInvalid));
  }, [isInvalid]);

  return <div ref={host} className={css.editor} />;
}

/** A script has lines: there is room for some before there are any. */
const room = EditorView.theme({ '.cm-content': { minHeight: '4.5rem' } });

function writing(label: string) {
  return [
    lineNumbers(),
    history(),
    bracketMatching(),
    indentOnInput(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', spellcheck: 'false' }),
    EditorView.domEventHandlers({ beforeinput: overSelection }),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    look,
    room,
  ];
}
