// What a script writes, as lines that can be shown: text is text, and what would be invisible or move other text is made visible.

/** A longer line goes on in the next row. */
export const LONGEST_LINE = 2_000;

/** What only colours the text that follows: it is left out, so that what it coloured, or hid, can be read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the character with which these begin
const COLOURS = /\u001b\[[\d;:]*m/g;

/** A piece of text without its line ends, with a mark in the place of whatever controls terminals or the direction of text. */
export function visible(text: string): string {
  return text.replace(COLOURS, '').replace(/(?![\t\n])[\p{Cc}\p{Bidi_C}\ufeff]/gu, mark);
}

const NAMES: Readonly<Record<number, string>> = { 0: 'NUL', 7: 'BEL', 8: 'BS', 11: 'VT', 12: 'FF', 13: 'CR', 27: 'ESC', 127: 'DEL' };

function mark(character: string): string {
  const code = character.charCodeAt(0);
  return `⟨${NAMES[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}⟩`;
}

/** The whole lines of a text, and what is left of the last one. */
export function split(text: string): { lines: string[]; rest: string } {
  const lines: string[] = [];
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    pushFolded(lines, text.slice(from, text[end - 1] === '\r' && end > from ? end - 1 : end));
    from = end + 1;
  }
  let rest = text.slice(from);
  while (rest.length > LONGEST_LINE) {
    lines.push(visible(rest.slice(0, LONGEST_LINE)));
    rest = rest.slice(LONGEST_LINE);
  }
  return { lines, rest };
}

function pushFolded(lines: string[], line: string) {
  for (let at = 0; at === 0 || at < line.length; at += LONGEST_LINE) lines.push(visible(line.slice(at, at + LONGEST_LINE)));
}
