import { EditorView } from '@codemirror/view';

/**
 * What is typed over a selection is put in here: the browser would put it into a `<span style>` that looks like what it replaces, and the
 * policy forbids such.
 */
export function overSelection(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main;
  const { data: text, inputType } = event;
  if (inputType !== 'insertText' || !text || empty || view.composing) return false;
  const typed = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, typed))) view.dispatch(typed());
  return true;
}
