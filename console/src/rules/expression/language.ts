// How an expression is coloured: facts, texts, numbers, words, operators.
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { type Facts, isFunction, isMethod, operationsOf, wordOf } from './schema.ts';

const WORDS = new Set(['true', 'false', 'in']);

function languageOf(facts: Facts) {
  const known = new Set(facts.map(({ path }) => path));
  const callable = new Set(operationsOf(facts, (operation) => isFunction(operation) || isMethod(operation)).map(wordOf));
  return StreamLanguage.define({
    name: 'filter expression',
    token(stream) {
      if (stream.eatSpace()) return null;
      if (stream.match(/^"(?:\\.|[^"\\])*"?|^'(?:\\.|[^'\\])*'?/)) return 'string';
      if (stream.match(/^\d[\w.]*/)) return 'number';
      const path = stream.match(/^[a-z]+\.\w+/, false);
      if (path && known.has(String((path as RegExpMatchArray)[0]))) {
        stream.match(/^[a-z]+\.\w+/);
        return 'variableName';
      }
      if (stream.match(/^\w+/)) return WORDS.has(stream.current()) ? 'keyword' : callable.has(stream.current()) ? 'function' : null;
      if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||[<>!?:])/)) return 'operator';
      stream.next();
      return null;
    },
    tokenTable: { function: tags.function(tags.variableName) },
  });
}

// Colours by the theme's variables, which reach into the shadow root, so that both themes are one style.
const style = HighlightStyle.define([
  { tag: tags.string, color: 'var(--mantine-color-green-text)' },
  { tag: tags.number, color: 'var(--mantine-color-violet-text)' },
  { tag: tags.variableName, color: 'var(--mantine-color-blue-text)' },
  { tag: tags.function(tags.variableName), color: 'var(--mantine-color-teal-text)' },
  { tag: tags.keyword, color: 'var(--mantine-color-violet-text)' },
  { tag: tags.operator, color: 'var(--mantine-color-dimmed)' },
]);

/** Facts that are not known have no colour. */
export const expressionLanguage = (facts: Facts) => [languageOf(facts), syntaxHighlighting(style)];
