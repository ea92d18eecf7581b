import { Link } from '@tanstack/react-router';
import { readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { complianceFields, type Item, type Overview } from './useOverview.ts';

interface Props {
  overview: Overview;
  items: readonly Item[];
  total: number;
}

/** How the items with the most computers compare with what should be there. */
export function ComplianceByItem({ overview, items, total }: Props) {
  const { compliance1, compliance2, compliance3, compliance4, compliance5, compliance6 } = overview;
  const reports = [compliance1, compliance2, compliance3, compliance4, compliance5, compliance6];
  return (
    <section className="card">
      <h2>As it should be, by item</h2>
      {items.length === 0 && <p className="small dimmed">The catalogue is empty: add a software, then say where it should be.</p>}
      {items.length > 0 && (
        <table className="rows" aria-label="Compliance by item">
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
          All {total.toLocaleString('en')}
        </Link>
      )}
    </section>
  );
}

function ItemRow({ uuid, name, report }: { uuid: string; name: string; report: Overview['compliance1'] }) {
  const compliance = readFragment(complianceFields, report);
  const { shouldHave = 0, has = 0, differs = 0, unknown = 0 } = compliance ?? {};
  return (
    <tr>
      <td>
        <PathLink to={`/software/${uuid}`}>{name}</PathLink>
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
      <td className="number">{has.toLocaleString('en')}</td>
      <td className="number">{differs.toLocaleString('en')}</td>
      <td className="number">{unknown.toLocaleString('en')}</td>
    </tr>
  );
}
