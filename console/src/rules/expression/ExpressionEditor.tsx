// The editor of a filter expression. It lives in an open shadow root: there its library keeps its styles in constructed sheets, which no
// policy forbids, where in the page it would make `<style>` elements. Tab leaves it, as it leaves every field.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder, tooltips } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import { overSelection } from '~/kit/code/overSelection.ts';
import { offersAt } from './completion.ts';
import css from './expression.module.css';
import { expressionLanguage } from './language.ts';
import { look } from './look.ts';
import { mistakeOf } from './mistake.ts';
import type { Facts } from './schema.ts';

export interface ExpressionEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What the server says is wrong, with line and column. */
  mistake?: string | undefined;
  /** What it can speak of; none before that is known. */
  facts: Facts;
}

export function ExpressionEditor({ label, value, onChange, mistake, facts }: ExpressionEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(value);
  const spoken = useRef(facts);
  spoken.current = facts;
  const [language] = useState(() => new Compartment());

  useEffect(() => {
    const element = host.current as HTMLDivElement;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const told = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed.current(update.state.doc.toString());
    });
    const state = EditorState.create({
      doc: first.current,
      extensions: [...writing(label, () => spoken.current), language.of(expressionLanguage(spoken.current)), told],
    });
    const view = new EditorView({ parent: root, root, state });
    editor.current = view;
    return () => view.destroy();
  }, [label, language]);

  useEffect(() => editor.current?.dispatch({ effects: language.reconfigure(expressionLanguage(facts)) }), [language, facts]);

  // What was put in from outside (a draft, somebody else's version) replaces what is there.
  useEffect(() => {
    const view = editor.current;
    if (!view || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const found = mistakeOf(view.state.doc.toString(), mistake);
    view.dispatch(setDiagnostics(view.state, found ? [{ ...found, severity: 'error' }] : []));
    view.contentDOM.setAttribute('aria-invalid', String(mistake !== undefined));
  }, [mistake]);

  return <div ref={host} className={css.editor} />;
}

function writing(label: string, facts: () => Facts) {
  return [
    history(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
    placeholder('inventory.osFamily == "windows" && "cad" in computer.tags'),
    EditorView.domEventHandlers({ beforeinput: overSelection }),
    autocompletion({ override: [(context) => completions(facts(), context.state.doc.toString(), context.pos, context.explicit)], icons: false }),
    tooltips({ position: 'fixed' }),
    keymap.of([{ key: 'Alt-ArrowDown', run: startCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
    look,
  ];
}

function completions(facts: Facts, text: string, position: number, isAsked: boolean) {
  const offers = offersAt(facts, text, position, isAsked);
  if (!offers) return null;
  const options = offers.options.map(({ label, apply, detail, means, kind }) => ({ label, apply: apply ?? label, detail, info: means, type: kind }));
  return { from: offers.from, options, validFor: /^[\w.]*$/ };
}
