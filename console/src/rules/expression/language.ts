// How an expression is coloured: facts, texts, numbers, words, operators.
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { FACTS, FUNCTIONS, METHODS } from './facts.ts';

const KNOWN = new Set([...FACTS.map(({ path }) => path)]);
const CALLABLE = new Set([...FUNCTIONS, ...METHODS].map(({ name }) => name));
const WORDS = new Set(['true', 'false', 'in']);

const language = StreamLanguage.define({
  name: 'filter expression',
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:\\.|[^"\\])*"?|^'(?:\\.|[^'\\])*'?/)) return 'string';
    if (stream.match(/^\d[\w.]*/)) return 'number';
    const path = stream.match(/^(?:computer|tenant|person|inventory)\.\w+/);
    if (path) return KNOWN.has(stream.current()) ? 'variableName' : null;
    if (stream.match(/^\w+/)) return WORDS.has(stream.current()) ? 'keyword' : CALLABLE.has(stream.current()) ? 'function' : null;
    if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||[<>!?:])/)) return 'operator';
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName) },
});

// Colours by the theme's variables, which reach into the shadow root, so that both themes are one style.
const style = HighlightStyle.define([
  { tag: tags.string, color: 'var(--mantine-color-green-text)' },
  { tag: tags.number, color: 'var(--mantine-color-violet-text)' },
  { tag: tags.variableName, color: 'var(--mantine-color-blue-text)' },
  { tag: tags.function(tags.variableName), color: 'var(--mantine-color-teal-text)' },
  { tag: tags.keyword, color: 'var(--mantine-color-violet-text)' },
  { tag: tags.operator, color: 'var(--mantine-color-dimmed)' },
]);

export const expressionLanguage = [language, syntaxHighlighting(style)];
