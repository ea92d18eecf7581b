// What a monitored task told of each computer, as a column of the list.
import { type FragmentOf, graphql } from '~/kit/api/graphql.ts';
import { shortly } from '~/kit/json/shortly.ts';
import type { Column } from '~/kit/table/columns.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

/** Of a document that takes `$value`, the task, and `$isValue`, whether one was chosen. */
export const valueFragment = graphql(`
  fragment ValueOfComputer on Computer @_unmask {
    uuid
    valued: resolution(taskId: $value, first: 1) @include(if: $isValue) { nodes { task { uuid name } collected { value at } } }
  }
`);

type Valued = FragmentOf<typeof valueFragment>;

/** Of a value; the rest is a click away. */
const LETTERS = 32;

const collectedOf = ({ valued }: Valued) => valued?.nodes[0]?.collected;

const COLUMNS: readonly Column<Valued>[] = [
  { id: 'value', title: 'Value', width: 190, grows: 2, narrow: 'line', cell: (computer) => <Told of={computer} /> },
  {
    id: 'collected',
    title: 'Collected',
    width: 120,
    grows: 0,
    cell: (computer) => {
      const collected = collectedOf(computer);
      return collected && <Moment at={collected.at} />;
    },
  },
];

/** The value right beside the computer: who chose it, looks for it. */
export function withValue<R extends Valued>([computer, ...others]: readonly Column<R>[]): readonly Column<R>[] {
  return computer ? [computer, ...COLUMNS, ...others] : others;
}

function Told({ of: computer }: { of: Valued }) {
  const { task, collected } = computer.valued?.nodes[0] ?? {};
  if (!task || !collected) return <span className="dimmed">no value</span>;
  return (
    <PathLink to={`/tasks/${task.uuid}`} search={{ tab: 'values', computer: computer.uuid }}>
      <span className="mono">{shortly(collected.value, LETTERS)}</span>
    </PathLink>
  );
}

/** The same as text, for a file: by the name of the task that was chosen, whether or not any of the computers told a value. */
export function valueColumns(task: string | undefined): { title: string; text: (computer: Valued) => string | null | undefined }[] {
  if (task === undefined) return [];
  return [
    { title: task, text: (computer) => plainly(collectedOf(computer)?.value) },
    { title: `${task}: collected`, text: (computer) => collectedOf(computer)?.at },
  ];
}

/** A text as it is, since a spreadsheet has no quotes; the rest as JSON. */
function plainly(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
