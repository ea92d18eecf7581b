// A table as text: RFC 4180, with what a spreadsheet needs to read it and without what it would execute.

/** A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text. Some take `;` for the end of a cell, even within quotes. */
const FORMULA = /(^|[;,\t\r\n])(["\s]*)(?=[=+\-@＝＋－＠])/g;
const ODD_BEGINNING = /^(?=[\t\r\n])/;
/** Without it Excel takes UTF-8 for another encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

export function csv(titles: readonly string[], rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return BYTE_ORDER_MARK + [titles, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  const safe = text.replace(FORMULA, "$1$2'").replace(ODD_BEGINNING, "'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
