import type { ReactNode } from 'react';

/** A column of a list. */
export interface Column<R> {
  id: string;
  title: string;
  /** Least width in pixels. */
  width: number;
  /** Its share of what is left over; 0 keeps its width. */
  grows?: number;
  isNumber?: boolean;
  cell: (record: R) => ReactNode;
  /** The API's field for the order of this column, if it can be sorted by it. */
  orderBy?: string;
  /** Its place where there is little room: the first line, the second, or none. */
  narrow?: 'title' | 'line';
  /** Whether it is shown only if somebody chose it. */
  isExtra?: boolean;
}

export interface Order {
  field: string;
  direction: 'ASC' | 'DESC';
}

/** The columns that are chosen, in the order of the definition; those that are always there if none is. */
export function chosen<R>(columns: readonly Column<R>[], ids: readonly string[] | undefined): readonly Column<R>[] {
  if (!ids) return columns.filter(({ isExtra }) => !isExtra);
  return columns.filter(({ id }, index) => index === 0 || ids.includes(id));
}

/** An order as the URL holds it: `NAME`, or `-NAME` downwards. Anything unknown is none. */
export function orderOf<R>(columns: readonly Column<R>[], text: string | undefined): Order | undefined {
  if (!text) return undefined;
  const field = text.replace(/^-/, '');
  if (!columns.some(({ orderBy }) => orderBy === field)) return undefined;
  return { field, direction: text.startsWith('-') ? 'DESC' : 'ASC' };
}

/** What a click on a column's title makes of the order: upwards, downwards, as it was made. */
export function turned(order: Order | undefined, field: string): string | undefined {
  if (order?.field !== field) return field;
  return order.direction === 'ASC' ? `-${field}` : undefined;
}
