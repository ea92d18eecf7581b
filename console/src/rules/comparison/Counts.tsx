import { Link } from '@tanstack/react-router';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Bar } from '~/kit/chart/Bar.tsx';
import { plural } from '~/kit/text/words.ts';
import { wayOf } from './words.ts';

export const countFields = graphql(`
  fragment DifferenceCounts on ResolutionDifference {
    itemCount
    byKind { kind itemCount }
    byTenant(first: 20) { totalCount nodes { tenant { uuid name } computerCount itemCount } }
  }
`);

/** How much differs in which way and at which tenant; each narrows the list below. */
export function Counts({ difference }: { difference: FragmentOf<typeof countFields> }) {
  const { itemCount, byKind, byTenant } = readFragment(countFields, difference);
  return (
    <div className="cards">
      <section className="card">
        <h2>In which way</h2>
        <table className="rows" aria-label="Differences by their way">
          <tbody>
            {byKind.map(({ kind, itemCount: count }) => (
              <tr key={kind}>
                <td>
                  <Link to="/compare" search={(before: object) => ({ ...before, kind, after: undefined })}>
                    {wayOf(kind)}
                  </Link>
                  <Bar parts={[{ value: count, tone: 'busy' }]} total={itemCount} label={`${count} of ${itemCount}`} />
                </td>
                <td className="number">{count.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section className="card">
        <h2>At which tenant</h2>
        <table className="rows" aria-label="Differences by tenant">
          <tbody>
            {byTenant.nodes.map(({ tenant, computerCount, itemCount: count }) => (
              <tr key={tenant?.uuid ?? 'unseen'}>
                <td>
                  {tenant ? (
                    <Link to="/compare" search={(before: object) => ({ ...before, at: tenant.uuid, after: undefined })}>
                      {tenant.name}
                    </Link>
                  ) : (
                    'a tenant out of your reach'
                  )}
                </td>
                <td className="number">{computerCount > 0 ? plural(computerCount, 'computer') : 'itself'}</td>
                <td className="number">{plural(count, 'item')}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {(byTenant.totalCount ?? 0) > byTenant.nodes.length && (
          <p className="small dimmed">{plural((byTenant.totalCount ?? 0) - byTenant.nodes.length, 'more tenant')}: choose one above.</p>
        )}
      </section>
    </div>
  );
}
