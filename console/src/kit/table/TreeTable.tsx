// A tree with columns, as long as it likes: only the rows in the window are painted. Arrows move, open and close; Enter goes in.
import { type CSSProperties, type KeyboardEvent, memo, type ReactNode, useState } from 'react';
import type { Column } from './columns.ts';
import css from './RecordTable.module.css';
import treeCss from './TreeTable.module.css';
import type { TreeRow } from './tree.ts';
import { useVirtualRows } from './useVirtualRows.ts';

interface Props<R> {
  label: string;
  rows: readonly TreeRow<R>[];
  columns: readonly Column<R>[];
  /** The same function as long as the tree is there, as `nameOf` is: with another one every row is painted again. */
  toggle: (key: string) => void;
  open: (record: R) => void;
  nameOf: (record: R) => string;
}

export function TreeTable<R>({ label, rows, columns, toggle, open, nameOf }: Props<R>) {
  const { scroller, isNarrow, height, virtual, page } = useVirtualRows(label, rows.length);
  const [active, setActive] = useState(-1);

  const go = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const row = rows[active];
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page(),
      PageUp: active - page(),
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) go(step);
    else if (!row) return;
    else if (event.key === 'ArrowRight') row.isOpen === false ? toggle(row.key) : go(active + (row.isOpen ? 1 : 0));
    else if (event.key === 'ArrowLeft') row.isOpen ? toggle(row.key) : go(above(rows, active));
    else if (event.key === 'Enter') open(row.record);
    else return;
    event.preventDefault();
  };

  const style = {
    '--columns': columns.map(({ width, grows = 1 }) => (grows ? `minmax(${width}px, ${grows}fr)` : `${width}px`)).join(' '),
    '--narrow': 'minmax(0, 1fr)',
    '--least': isNarrow ? '0' : `${columns.reduce((sum, { width }) => sum + width, 0)}px`,
  } as CSSProperties;
  const idOf = (key: string) => `${label}-${key}`;

  return (
    <div
      ref={scroller}
      className={`${css.scroller} ${isNarrow ? css.narrow : ''}`}
      style={style}
      tabIndex={0}
      role="treegrid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={virtual.getVirtualItems().some(({ index }) => index === active) && rows[active] ? idOf(rows[active].key) : undefined}
      onKeyDown={pressed}
      data-scroll-restoration-id={label}
    >
      {!isNarrow && (
        <div role="rowgroup">
          <div className={css.head} role="row" aria-rowindex={1}>
            {columns.map(({ id, title, isNumber }) => (
              <div key={id} className={`${css.cell} ${isNumber ? css.number : ''}`} role="columnheader">
                {title}
              </div>
            ))}
          </div>
        </div>
      )}
      <div className={css.body} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index] as TreeRow<R>;
          return (
            <Row
              key={row.key}
              id={idOf(row.key)}
              row={row}
              index={index}
              start={start}
              height={height}
              isActive={index === active}
              columns={columns}
              isNarrow={isNarrow}
              toggle={toggle}
              nameOf={nameOf}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The row that one is below; at the top it is itself. */
function above<R>(rows: readonly TreeRow<R>[], index: number): number {
  const level = rows[index]?.level ?? 1;
  const found = rows.findLastIndex((row, other) => other < index && row.level < level);
  return found < 0 ? index : found;
}

interface Looks<R> {
  columns: readonly Column<R>[];
  isNarrow: boolean;
  toggle: (key: string) => void;
  nameOf: (record: R) => string;
}

interface CellsProps<R> extends Looks<R> {
  id: string;
  record: R;
  level: number;
  isOpen: boolean | undefined;
}

interface RowProps<R> extends Looks<R> {
  id: string;
  row: TreeRow<R>;
  index: number;
  start: number;
  height: number;
  isActive: boolean;
}

const Row = memo(PlainRow) as typeof PlainRow;
/** By itself: what is in a row stays as it is where others are opened above it. */
const Cells = memo(PlainCells) as typeof PlainCells;

function PlainRow<R>({ id, row, index, start, height, isActive, columns, isNarrow, toggle, nameOf }: RowProps<R>) {
  return (
    <div
      id={id}
      className={css.row}
      role="row"
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-expanded={row.isOpen}
      aria-posinset={row.place}
      aria-setsize={row.ofSize}
      data-active={isActive}
      style={{ height, transform: `translateY(${start}px)` }}
    >
      <Cells id={row.key} record={row.record} level={row.level} isOpen={row.isOpen} columns={columns} isNarrow={isNarrow} toggle={toggle} nameOf={nameOf} />
    </div>
  );
}

function PlainCells<R>({ id, record, level, isOpen, columns, isNarrow, toggle, nameOf }: CellsProps<R>) {
  const [first, ...others] = columns;
  const handle = (
    <Handle isOpen={isOpen} level={level} name={nameOf(record)} toggle={() => toggle(id)}>
      {first?.cell(record)}
    </Handle>
  );
  if (isNarrow) {
    return (
      <div className={css.cell} role="gridcell">
        {handle}
        <div className={`${css.line} ${treeCss.below}`} style={{ '--level': level - 1 } as CSSProperties}>
          {others
            .filter(({ narrow }) => narrow === 'line')
            .map((column) => (
              <span key={column.id}>{column.cell(record)}</span>
            ))}
        </div>
      </div>
    );
  }
  return (
    <>
      <div className={css.cell} role="gridcell">
        {handle}
      </div>
      {others.map((column) => (
        <div key={column.id} className={`${css.cell} ${column.isNumber ? css.number : ''}`} role="gridcell">
          {column.cell(record)}
        </div>
      ))}
    </>
  );
}

interface HandleProps {
  isOpen: boolean | undefined;
  level: number;
  name: string;
  toggle: () => void;
  children: ReactNode;
}

/** What opens and closes a row, as far to the right as it is deep. */
function Handle({ isOpen, level, name, toggle, children }: HandleProps) {
  return (
    <span className={treeCss.handle} style={{ '--level': level - 1 } as CSSProperties}>
      {isOpen === undefined ? (
        <span className={treeCss.leaf} />
      ) : (
        <button type="button" className={treeCss.toggle} onClick={toggle} aria-label={`${isOpen ? 'Close' : 'Open'} ${name}`} tabIndex={-1}>
          <span aria-hidden>{isOpen ? '▾' : '▸'}</span>
        </button>
      )}
      <span className={treeCss.name}>{children}</span>
    </span>
  );
}
