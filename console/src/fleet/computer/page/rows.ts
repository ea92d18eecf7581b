// How many rows a tab shows at first, and how many at most; beyond that there is the full list.
export const FEW = 25;
export const MOST = 100;

/** What the address asks for, within bounds. */
export function rowsOf(text: string | undefined): number {
  const rows = Number(text);
  return Number.isInteger(rows) && rows >= FEW && rows <= MOST ? rows : FEW;
}
