// All computers that match, as a file for a spreadsheet: of one position, which the file's name tells.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { tell } from '~/kit/action/tell.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { csv } from '~/kit/file/csv.ts';
import { save } from '~/kit/file/save.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { walk } from '~/kit/table/walk.ts';
import { plural } from '~/kit/text/words.ts';
import { computerRowFragment, FILE_COLUMNS } from './columns.tsx';
import type { ComputersFilter } from './matching.ts';
import { valueColumns, valueFragment } from './value.tsx';

/** The most rows of a file. */
const MOST = 50_000;

const exportedComputersQuery = graphql(
  `
  query ExportedComputers($filter: ComputerFilter, $orderBy: ComputerOrder, $value: ID!, $isValue: Boolean!, $first: Int, $after: String, $asOf: AsOfInput) {
    computers(filter: $filter, orderBy: $orderBy, first: $first, after: $after, asOf: $asOf) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...ComputerRow ...ValueOfComputer }
    }
    task(id: $value, asOf: $asOf) @include(if: $isValue) { name }
  }
`,
  [computerRowFragment, valueFragment],
);

interface Props {
  filter: ComputersFilter;
  orderBy: unknown;
  /** The task whose value is a column. */
  value: string | undefined;
}

export function ExportButton({ filter, orderBy, value }: Props) {
  const asOf = useMoment();
  const [read, setRead] = useState<string>();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  const begun = () => {
    stop.current = new AbortController();
    return stop.current;
  };
  const end = () => {
    stop.current?.abort();
    setRead(undefined);
  };
  const write = async () => {
    const { signal } = begun();
    setRead('…');
    const progress = (count: number, total: number) => setRead(`${Math.floor((100 * count) / Math.max(1, total))} %`);
    const isValue = value !== undefined;
    const variables = { filter, orderBy: orderBy as never, value: value ?? '', isValue };
    let task: string | undefined;
    const pick = (data: ResultOf<typeof exportedComputersQuery>) => {
      task = data.task?.name;
      return data.computers;
    };
    const came = await walk(exportedComputersQuery, variables, pick, { limit: MOST, asOf, signal, progress });
    if (signal.aborted) return;
    setRead(undefined);
    if ('code' in came) {
      notifications.show({ title: 'No file was written', message: `${came.message} (${came.code})`, color: 'red', autoClose: false });
      return;
    }
    const { rows, total, position } = came;
    const name = `computers-at-position-${position ?? asOf?.time?.replaceAll(':', '-') ?? 'unknown'}.csv`;
    const columns = [...FILE_COLUMNS, ...valueColumns(isValue ? (task ?? 'Value') : undefined)];
    const lines = rows.map((computer) => columns.map(({ text }) => text(computer)));
    save(
      name,
      csv(
        columns.map(({ title }) => title),
        lines,
      ),
      'text/csv;charset=utf-8',
    );
    const rest = total > rows.length ? ` ${plural(total - rows.length, 'more matches', 'more match')}: a file has at most ${MOST.toLocaleString('en')}.` : '';
    tell('File written', `${name}: ${plural(rows.length, 'computer')}.${rest}`);
  };
  return (
    <Button onClick={read ? end : () => void write()} aria-live="polite">
      {read ? `Reading ${read} Stop` : 'Export CSV'}
    </Button>
  );
}
