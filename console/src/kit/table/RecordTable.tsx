// A table over a list of any length: plain elements of one height, only those in the window, each painted again only if its record changed.
import { type KeyboardEvent, memo, type ReactNode, useEffect, useState } from 'react';
import { plural } from '../text/words.ts';
import type { Column, Order } from './columns.ts';
import { ListPages } from './ListPages.ts';
import css from './RecordTable.module.css';
import type { Selection } from './selection.ts';
import type { List } from './useList.ts';
import { useVirtualRows } from './useVirtualRows.ts';

const PICK_WIDTH = 34;

interface Props<R> {
  /** What the table is of, for whoever cannot see it. */
  label: string;
  list: List<R>;
  columns: readonly Column<R>[];
  keyOf: (record: R) => string;
  /** Opens a record. */
  open?: (record: R) => void;
  order?: Order;
  sortBy?: (field: string) => void;
  selection?: Selection;
  /** What is shown where there is no record. */
  empty: ReactNode;
}

export function RecordTable<R>({ label, list, columns, keyOf, open, order, sortBy, selection, empty }: Props<R>) {
  const { shown, pages, hasMore } = list;
  const { scroller, isNarrow, height, virtual, page } = useVirtualRows(label, shown.total);
  const isAwaited = shown.total === undefined;
  const count = shown.total ?? 0;
  const [active, setActive] = useState(-1);
  const rows = virtual.getVirtualItems();
  const from = rows[0]?.index ?? 0;
  const to = rows.at(-1)?.index ?? 0;

  useEffect(() => pages.want(from, to), [pages, from, to]);

  const pressed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page(),
      PageUp: active - page(),
      Home: 0,
      End: count - 1,
    };
    const step = steps[event.key];
    const record = ListPages.at(shown, active);
    if (step !== undefined) {
      const next = Math.min(count - 1, Math.max(0, step));
      setActive(next);
      virtual.scrollToIndex(next);
    } else if (event.key === 'Enter' && record) open?.(record);
    else if (event.key === ' ' && record) selection?.toggle(keyOf(record));
    else return;
    event.preventDefault();
  };

  if (shown.total === 0) return <>{empty}</>;
  const template = columns.map(({ width, grows = 1 }) => (grows ? `minmax(${width}px, ${grows}fr)` : `${width}px`)).join(' ');
  const pick = selection ? `${PICK_WIDTH}px ` : '';
  const least = columns.reduce((sum, { width }) => sum + width, selection ? PICK_WIDTH : 0);
  const style = {
    '--columns': pick + template,
    '--narrow': `${pick}minmax(0, 1fr)`,
    '--least': isNarrow ? '0' : `${least}px`,
    '--height': `${height}px`,
  } as React.CSSProperties;

  return (
    <>
      <div
        ref={scroller}
        className={`${css.scroller} ${isNarrow ? css.narrow : ''}`}
        style={style}
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-rowcount={hasMore || isAwaited ? -1 : count + 1}
        aria-busy={isAwaited}
        onKeyDown={pressed}
        data-scroll-restoration-id={label}
      >
        {!isNarrow && (
          <div role="rowgroup">
            <div className={css.head} role="row" aria-rowindex={1}>
              {selection && (
                <div className={css.pick} role="columnheader">
                  <input type="checkbox" aria-label="Choose all" checked={selection.isAll} onChange={selection.toggleAll} />
                </div>
              )}
              {columns.map((column) => (
                <Head key={column.id} column={column} order={order} sortBy={sortBy} />
              ))}
            </div>
          </div>
        )}
        <div className={css.body} role="rowgroup" style={{ height: virtual.getTotalSize() }} data-awaited={isAwaited}>
          {(isAwaited ? [] : rows).map(({ index, start }) => {
            const record = ListPages.at(shown, index);
            const key = record ? keyOf(record) : undefined;
            return (
              <Row
                key={key ?? `ghost ${index}`}
                record={record}
                columns={columns}
                index={index}
                start={start}
                height={height}
                isNarrow={isNarrow}
                isActive={index === active}
                isChosen={key !== undefined && selection?.has(key)}
                id={key}
                toggle={selection?.toggle}
              />
            );
          })}
        </div>
      </div>
      <div className={css.foot}>
        {isAwaited ? (
          <span role="status" aria-label="Loading">
            Loading…
          </span>
        ) : (
          <span>
            {plural(count, 'row')}
            {hasMore && ' so far; more come at the end'}
          </span>
        )}
        {selection && selection.count(count) > 0 && <span>{selection.count(count).toLocaleString('en')} chosen</span>}
      </div>
    </>
  );
}

function Head<R>({ column, order, sortBy }: { column: Column<R>; order: Order | undefined; sortBy: ((field: string) => void) | undefined }) {
  const { orderBy, title, isNumber } = column;
  const isOrder = orderBy !== undefined && order?.field === orderBy;
  const sorted = isOrder ? (order.direction === 'ASC' ? 'ascending' : 'descending') : undefined;
  return (
    <div className={`${css.cell} ${isNumber ? css.number : ''}`} role="columnheader" aria-sort={sorted}>
      {orderBy && sortBy ? (
        <button type="button" className={css.sort} onClick={() => sortBy(orderBy)}>
          {title}
          <span aria-hidden>{isOrder ? (order.direction === 'ASC' ? '↑' : '↓') : ''}</span>
        </button>
      ) : (
        title
      )}
    </div>
  );
}

interface RowProps<R> {
  record: R | undefined;
  columns: readonly Column<R>[];
  index: number;
  start: number;
  height: number;
  isNarrow: boolean;
  isActive: boolean;
  isChosen: boolean | undefined;
  id: string | undefined;
  toggle: ((id: string) => void) | undefined;
}

const Row = memo(PlainRow) as typeof PlainRow;

function PlainRow<R>({ record, columns, index, start, height, isNarrow, isActive, isChosen, id, toggle }: RowProps<R>) {
  return (
    <div
      className={css.row}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      data-active={isActive}
      style={{ height, transform: `translateY(${start}px)` }}
    >
      {toggle && (
        <div className={css.pick} role="cell">
          <input type="checkbox" aria-label={`Choose row ${index + 1}`} checked={isChosen ?? false} disabled={!id} onChange={() => id && toggle(id)} />
        </div>
      )}
      {isNarrow ? <NarrowCells record={record} columns={columns} /> : columns.map((column) => <Cell key={column.id} record={record} column={column} />)}
    </div>
  );
}

function Cell<R>({ record, column }: { record: R | undefined; column: Column<R> }) {
  return (
    <div className={`${css.cell} ${column.isNumber ? css.number : ''}`} role="cell">
      {record ? column.cell(record) : <div className={css.ghost} />}
    </div>
  );
}

function NarrowCells<R>({ record, columns }: { record: R | undefined; columns: readonly Column<R>[] }) {
  if (!record) return <div className={css.ghost} role="cell" />;
  const title = columns.find(({ narrow }) => narrow === 'title') ?? columns[0];
  return (
    <div className={css.cell} role="cell">
      {title?.cell(record)}
      <div className={css.line}>
        {columns
          .filter(({ narrow }) => narrow === 'line')
          .map((column) => (
            <span key={column.id}>{column.cell(record)}</span>
          ))}
      </div>
    </div>
  );
}
