// Which columns are shown. The first one is always there: it names the record.
import { Button, Menu } from '@mantine/core';
import { type Column, chosen } from './columns.ts';

interface Props<R> {
  columns: readonly Column<R>[];
  /** As the address holds it; the usual ones if not given. */
  ids: readonly string[] | undefined;
  choose: (ids: string[] | undefined) => void;
}

export function ColumnMenu<R>({ columns, ids, choose }: Props<R>) {
  const shown = new Set(chosen(columns, ids).map(({ id }) => id));
  const toggle = (id: string) => {
    const next = columns.filter((column) => (column.id === id ? !shown.has(id) : shown.has(column.id)));
    const isUsual = columns.every((column, index) => index === 0 || next.includes(column) !== (column.isExtra ?? false));
    choose(isUsual ? undefined : next.map((column) => column.id));
  };
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button>Columns</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.slice(1).map(({ id, title }) => (
          <Menu.CheckboxItem key={id} checked={shown.has(id)} onChange={() => toggle(id)}>
            {title}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={!ids} onClick={() => choose(undefined)}>
          The usual ones
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
