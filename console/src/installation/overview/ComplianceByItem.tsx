import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { type Item, idsOfItem } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Card } from '~/kit/state/Card.tsx';
import { grouped, plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './ComplianceByItem.module.css';

/** How many are compared with what should be there: those with the widest reach, each on all computers. */
const ITEMS = 6;
/** How many of each kind are looked at for that, the first by name: neither is sorted by reach, and the reach of each is counted. */
const LOOKED_AT = 90;
const itemsQuery = graphql(
  `
  query OverviewItems($first: Int, $asOf: AsOfInput) {
    catalogue(first: $first, orderBy: { field: NAME }, asOf: $asOf) { totalCount nodes { uuid name reach ...WhichSoftware } }
    tasks(first: $first, orderBy: { field: NAME }, asOf: $asOf) { totalCount nodes { uuid name reach } }
  }
`,
  [whichFragment],
);

const complianceFields = graphql('fragment ItemCompliance on ComplianceReport { shouldHave has differs unknown }');

const complianceQuery = graphql(
  `
  query OverviewCompliance(
    $software1: ID, $task1: ID, $has1: Boolean!
    $software2: ID, $task2: ID, $has2: Boolean!
    $software3: ID, $task3: ID, $has3: Boolean!
    $software4: ID, $task4: ID, $has4: Boolean!
    $software5: ID, $task5: ID, $has5: Boolean!
    $software6: ID, $task6: ID, $has6: Boolean!
    $asOf: AsOfInput
  ) {
    item1: compliance(softwareId: $software1, taskId: $task1, asOf: $asOf) @include(if: $has1) { ...ItemCompliance }
    item2: compliance(softwareId: $software2, taskId: $task2, asOf: $asOf) @include(if: $has2) { ...ItemCompliance }
    item3: compliance(softwareId: $software3, taskId: $task3, asOf: $asOf) @include(if: $has3) { ...ItemCompliance }
    item4: compliance(softwareId: $software4, taskId: $task4, asOf: $asOf) @include(if: $has4) { ...ItemCompliance }
    item5: compliance(softwareId: $software5, taskId: $task5, asOf: $asOf) @include(if: $has5) { ...ItemCompliance }
    item6: compliance(softwareId: $software6, taskId: $task6, asOf: $asOf) @include(if: $has6) { ...ItemCompliance }
  }
`,
  [complianceFields],
);

type Report = FragmentOf<typeof complianceFields> | null | undefined;

/** How the items with the widest reach compare with what should be there. */
export function ComplianceByItem({ position }: { position: string | undefined }) {
  const read = useCompliance(position);
  return (
    <Card title="As it should be, by item" failure={read.failure} again={read.again} of={read.compared} behind={read.behind} lines={10}>
      {(compared) => <Items {...compared} />}
    </Card>
  );
}

/** Which items there are, and then how they compare: both of one position. */
function useCompliance(position: string | undefined) {
  const items = useBeside(itemsQuery, { first: LOOKED_AT }, position, { isCostly: true });
  const { catalogue, tasks } = items.data ?? {};
  const all = [
    ...(catalogue?.nodes ?? []).map((software) => ({ kind: 'software' as const, ...software })),
    ...(tasks?.nodes ?? []).map((task) => ({ kind: 'task' as const, ...task })),
  ];
  const found = all.sort((one, other) => other.reach - one.reach).slice(0, ITEMS);
  const [one, two, three, four, five, six] = found.map(idsOfItem);
  const reports = useBeside(
    complianceQuery,
    {
      software1: one?.softwareId,
      task1: one?.taskId,
      has1: one !== undefined,
      software2: two?.softwareId,
      task2: two?.taskId,
      has2: two !== undefined,
      software3: three?.softwareId,
      task3: three?.taskId,
      has3: three !== undefined,
      software4: four?.softwareId,
      task4: four?.taskId,
      has4: four !== undefined,
      software5: five?.softwareId,
      task5: five?.taskId,
      has5: five !== undefined,
      software6: six?.softwareId,
      task6: six?.taskId,
      has6: six !== undefined,
    },
    items.position,
    { isCostly: true },
  );
  const compared = reports.data && {
    items: found,
    total: (catalogue?.totalCount ?? 0) + (tasks?.totalCount ?? 0),
    read: all.length,
    reports: [reports.data.item1, reports.data.item2, reports.data.item3, reports.data.item4, reports.data.item5, reports.data.item6],
  };
  return {
    compared: items.data && compared,
    behind: reports.behind ?? items.behind,
    failure: items.failure ?? reports.failure,
    again: items.failure ? items.again : reports.again,
  };
}

interface ItemsProps {
  items: readonly Item[];
  /** How many there are, and how many of them were looked at. */
  total: number;
  read: number;
  reports: readonly Report[];
}

function Items({ items, total, read, reports }: ItemsProps) {
  return (
    <>
      {items.length === 0 && <p className="small dimmed">The catalogue is empty: add a software or a task, then say where it should be.</p>}
      {items.length > 0 && (
        <table className={`rows ${css.items}`} aria-label="Compliance by item">
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" className="number">
                Right
              </th>
              <th scope="col" className="number">
                Differs
              </th>
              <th scope="col" className="number">
                Unknown
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, index) => (
              <ItemRow key={item.uuid} item={item} report={reports[index]} />
            ))}
          </tbody>
        </table>
      )}
      {total > read && (
        <p className="small dimmed">
          Those with the widest reach of the first {LOOKED_AT} software and the first {LOOKED_AT} tasks by name; {plural(total - read, 'other')} were not looked
          at.
        </p>
      )}
      {total > items.length && (
        <p className="small">
          <PathLink to="/software">All software</PathLink>, <PathLink to="/tasks">all tasks</PathLink>
        </p>
      )}
    </>
  );
}

function ItemRow({ item, report }: { item: Item; report: Report }) {
  const compliance = readFragment(complianceFields, report);
  const { shouldHave = 0, has = 0, differs = 0, unknown = 0 } = compliance ?? {};
  return (
    <tr>
      <td>
        <div className={css.name} title={item.which ? `${item.name}, ${item.which}` : item.name}>
          <ItemLink of={{ [item.kind]: item }} />
        </div>
        <Bar
          parts={[
            { value: has, tone: 'good' },
            { value: differs, tone: 'bad' },
            { value: unknown, tone: 'quiet' },
          ]}
          total={shouldHave}
          label={`${has} of ${shouldHave} are as they should be`}
        />
      </td>
      <td className="number">{grouped(has)}</td>
      <td className="number">{grouped(differs)}</td>
      <td className="number">{grouped(unknown)}</td>
    </tr>
  );
}
