import { Link } from '@tanstack/react-router';
import { readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import type { Page } from '~/kit/live/usePage.ts';
import { Card } from '~/kit/state/Card.tsx';
import { grouped } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './ComplianceByItem.module.css';
import { complianceFields, type Item, type Overview } from './useOverview.ts';

interface Props {
  page: Page<Overview>;
  items: Page<{ found: readonly Item[]; total: number }>;
}

type Report = Overview['compliance1'];

/** How the items with the most computers compare with what should be there. */
export function ComplianceByItem({ page: { data, failures, isKept, again }, items }: Props) {
  const { found = [], total = 0 } = items.data ?? {};
  const failed = Object.entries(failures).find(([part]) => part.startsWith('compliance'))?.[1];
  return (
    <Card
      title="As it should be, by item"
      failure={(items.data ? undefined : items.failure) ?? failed}
      again={() => {
        if (!items.data) items.again();
        again();
      }}
      // An answer for other items says nothing of these.
      of={items.data && !isKept ? data : undefined}
      lines={10}
    >
      {({ compliance1, compliance2, compliance3, compliance4, compliance5, compliance6 }) => (
        <Items items={found} total={total} reports={[compliance1, compliance2, compliance3, compliance4, compliance5, compliance6]} />
      )}
    </Card>
  );
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
