import { Link } from '@tanstack/react-router';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { useBeside } from '~/kit/live/useBeside.ts';
import { Card } from '~/kit/state/Card.tsx';
import { grouped } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './ComplianceByItem.module.css';

/** How many of the software with the widest reach are compared with what should be there. */
const ITEMS = 6;
/** For so many times of what a reading took, none begins: each item is looked at on all computers. */
const REST = 4;
/** What stands for a software that is not there; it is never asked for. */
const NONE = '00000000-0000-0000-0000-000000000000';

const itemsQuery = graphql(`
  query OverviewItems($first: Int, $asOf: AsOfInput) {
    catalogue(first: $first, orderBy: { field: NAME }, asOf: $asOf) { totalCount nodes { uuid name reach } }
  }
`);

const complianceFields = graphql('fragment ItemCompliance on ComplianceReport { shouldHave has differs unknown }');

const complianceQuery = graphql(
  `
  query OverviewCompliance(
    $item1: ID!, $item2: ID!, $item3: ID!, $item4: ID!, $item5: ID!, $item6: ID!
    $has1: Boolean!, $has2: Boolean!, $has3: Boolean!, $has4: Boolean!, $has5: Boolean!, $has6: Boolean!, $asOf: AsOfInput
  ) {
    item1: compliance(softwareId: $item1, asOf: $asOf) @include(if: $has1) { ...ItemCompliance }
    item2: compliance(softwareId: $item2, asOf: $asOf) @include(if: $has2) { ...ItemCompliance }
    item3: compliance(softwareId: $item3, asOf: $asOf) @include(if: $has3) { ...ItemCompliance }
    item4: compliance(softwareId: $item4, asOf: $asOf) @include(if: $has4) { ...ItemCompliance }
    item5: compliance(softwareId: $item5, asOf: $asOf) @include(if: $has5) { ...ItemCompliance }
    item6: compliance(softwareId: $item6, asOf: $asOf) @include(if: $has6) { ...ItemCompliance }
  }
`,
  [complianceFields],
);

interface Item {
  uuid: string;
  name: string;
}

type Report = FragmentOf<typeof complianceFields> | null | undefined;

/** How the items with the most computers compare with what should be there. */
export function ComplianceByItem({ position }: { position: string | undefined }) {
  const read = useCompliance(position);
  const behind = read.position === position ? undefined : read.position;
  return (
    <Card title="As it should be, by item" failure={read.failure} again={read.again} of={read.compared} behind={behind} lines={10}>
      {(compared) => <Items {...compared} />}
    </Card>
  );
}

/** Which items there are, and then how they compare: both of one position. */
function useCompliance(position: string | undefined) {
  const items = useBeside(itemsQuery, { first: 100 }, position, { rest: REST });
  const { nodes = [], totalCount = 0 } = items.data?.catalogue ?? {};
  const found = [...nodes].sort((one, other) => other.reach - one.reach).slice(0, ITEMS);
  const id = (index: number) => found[index]?.uuid ?? NONE;
  const has = (index: number) => found[index] !== undefined;
  const reports = useBeside(
    complianceQuery,
    {
      item1: id(0),
      item2: id(1),
      item3: id(2),
      item4: id(3),
      item5: id(4),
      item6: id(5),
      has1: has(0),
      has2: has(1),
      has3: has(2),
      has4: has(3),
      has5: has(4),
      has6: has(5),
    },
    items.position,
    { rest: REST },
  );
  const compared = reports.data && {
    items: found,
    total: totalCount ?? 0,
    reports: [reports.data.item1, reports.data.item2, reports.data.item3, reports.data.item4, reports.data.item5, reports.data.item6],
  };
  return {
    compared: items.data && compared,
    position: reports.position,
    failure: items.failure ?? reports.failure,
    again: items.failure ? items.again : reports.again,
  };
}

function Items({ items, total, reports }: { items: readonly Item[]; total: number; reports: readonly Report[] }) {
  return (
    <>
      {items.length === 0 && <p className="small dimmed">The catalogue is empty: add a software, then say where it should be.</p>}
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
            {items.map(({ uuid, name }, index) => (
              <ItemRow key={uuid} uuid={uuid} name={name} report={reports[index]} />
            ))}
          </tbody>
        </table>
      )}
      {total > items.length && (
        <Link to={'/software' as string} className="small">
          All {grouped(total)}
        </Link>
      )}
    </>
  );
}

function ItemRow({ uuid, name, report }: { uuid: string; name: string; report: Report }) {
  const compliance = readFragment(complianceFields, report);
  const { shouldHave = 0, has = 0, differs = 0, unknown = 0 } = compliance ?? {};
  return (
    <tr>
      <td>
        <div className={css.name} title={name}>
          <PathLink to={`/software/${uuid}`}>{name}</PathLink>
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
