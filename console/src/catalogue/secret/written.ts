/** Whether it needs more than one line: a line break at its end alone is none of it. */
export function isOfLines(text: string): boolean {
  return /[\r\n]/.test(text.trim());
}
