// The editor's look, by the variables of the page's theme.
import { EditorView } from '@codemirror/view';

const popup = {
  border: '1px solid var(--upkeep-line)',
  borderRadius: 'var(--mantine-radius-sm)',
  backgroundColor: 'var(--mantine-color-body)',
  color: 'var(--mantine-color-text)',
};

export const look = EditorView.theme({
  '&': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--upkeep-line)',
    borderRadius: 'var(--mantine-radius-sm)',
    fontSize: 'var(--mantine-font-size-sm)',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6', maxHeight: '16rem' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--mantine-color-text)', minHeight: '3.2rem' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--upkeep-chosen)' },
  '.cm-tooltip': popup,
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--upkeep-chosen)', color: 'var(--mantine-color-text)' },
  '.cm-completionDetail': { color: 'var(--mantine-color-dimmed)', fontStyle: 'normal' },
  '.cm-completionInfo': { ...popup, maxWidth: 'min(20rem, 80vw)', padding: '4px 8px', fontSize: 'var(--mantine-font-size-xs)' },
  '.cm-diagnostic': { padding: '4px 8px', fontSize: 'var(--mantine-font-size-xs)', maxWidth: 'min(32rem, 90vw)', overflowWrap: 'anywhere' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--mantine-color-error)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--mantine-color-error)',
    textUnderlineOffset: '3px',
  },
});
