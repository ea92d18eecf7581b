// Where the tenants stand in the picture: those below to the right of the one above, who stands in their middle.
import type { Branch } from '~/kit/table/tree.ts';

export const COLUMN = 240;
export const ROW = 48;

export interface Placed<R> {
  key: string;
  record: R;
  x: number;
  y: number;
  above: string | undefined;
}

export function placed<R>(forest: readonly Branch<R>[]): Placed<R>[] {
  const all: Placed<R>[] = [];
  let leaf = 0;
  const place = ({ key, record, children }: Branch<R>, depth: number, above: string | undefined): number => {
    const ys = children.map((child) => place(child, depth + 1, key));
    const first = ys[0];
    const last = ys.at(-1);
    const y = first === undefined || last === undefined ? leaf++ * ROW : (first + last) / 2;
    all.push({ key, record, x: depth * COLUMN, y, above });
    return y;
  };
  for (const branch of forest) place(branch, 0, undefined);
  return all;
}
