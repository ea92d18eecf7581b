// The place of a mistake, out of the server's sentence: "line 2, column 10: there is no fact foo.bar: use one of …".

export interface Mistake {
  /** From 0, within the whole text; of what is marked. */
  from: number;
  to: number;
  message: string;
}

/** Nothing where the sentence names no place. */
export function mistakeOf(text: string, sentence: string | undefined): Mistake | undefined {
  const [, line, column, message] = /^line (\d+), column (\d+): (.+)$/s.exec(sentence ?? '') ?? [];
  if (!line || !column || !message) return undefined;
  const lines = text.split('\n');
  const index = Math.min(Number(line), lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
  const inLine = lines[index] ?? '';
  const from = Math.min(offsetOf(inLine, Number(column) - 1), inLine.length);
  const word = /^(?:"(?:\\.|[^"\\])*"?|[\w.]+|[^\w\s"]+)/.exec(inLine.slice(from))?.[0].length ?? 0;
  // At the end of a line there is nothing to mark but what stands before it.
  return word > 0 ? { from: start + from, to: start + from + word, message } : { from: start + Math.max(0, from - 1), to: start + from, message };
}

/** Columns count characters, and a text counts UTF-16 units. */
function offsetOf(line: string, characters: number): number {
  return Array.from(line).slice(0, characters).join('').length;
}
