// CodeMirror in our colours: variables are inherited into the shadow root, and follow the theme.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// What is new or gone is so marked that every colour of the text can still be read on it.
const theme = EditorView.theme({
  '&': {
    fontSize: 'var(--mantine-font-size-sm)',
    border: '1px solid var(--upkeep-line)',
    borderRadius: 'var(--mantine-radius-sm)',
    background: 'var(--upkeep-ground)',
    color: 'var(--mantine-color-text)',
    maxHeight: '32rem',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5', overflow: 'auto' },
  '.cm-gutters': { background: 'transparent', color: 'var(--mantine-color-dimmed)', borderRight: '1px solid var(--upkeep-line)' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '&.cm-merge-b .cm-changedLine, .cm-changedLine': { background: 'color-mix(in srgb, var(--mantine-color-green-filled) 8%, transparent)' },
  '.cm-deletedChunk': { background: 'color-mix(in srgb, var(--mantine-color-red-filled) 8%, transparent)' },
  '&.cm-merge-b .cm-changedText, .cm-changedText': {
    background: 'color-mix(in srgb, var(--mantine-color-green-filled) 12%, transparent)',
    textDecoration: 'underline',
  },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--mantine-color-red-filled) 12%, transparent)', textDecoration: 'line-through' },
  '.cm-collapsedLines': { background: 'var(--upkeep-hover)', color: 'var(--mantine-color-dimmed)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.atom, tags.bool], color: 'var(--mantine-color-violet-text)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--mantine-color-green-text)' },
  { tag: [tags.number, tags.meta], color: 'var(--mantine-color-orange-text)' },
  {
    tag: [tags.definition(tags.variableName), tags.standard(tags.variableName), tags.propertyName, tags.attributeName],
    color: 'var(--mantine-color-blue-text)',
  },
  { tag: tags.comment, color: 'var(--mantine-color-gray-text)', fontStyle: 'italic' },
]);

export const look: Extension = [theme, syntaxHighlighting(colours)];
