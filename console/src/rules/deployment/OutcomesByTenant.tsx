// What a deployment comes to, tenant by tenant: each number leads to its computers.
import { Link } from '@tanstack/react-router';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { grouped } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import type { OUTCOMES } from './search.ts';

export const TENANTS_SHOWN = 10;

export const outcomesByTenantFragment = graphql(`
  fragment DeploymentOutcomesByTenant on DeploymentTenantOutcomesConnection {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { tenant { uuid name } computerCount winsOn losesOn doesNotApplyOn }
  }
`);

interface Props {
  of: FragmentOf<typeof outcomesByTenantFragment>;
  cursors: Cursors;
}

/** Nothing where there is one tenant: the computers say it all. */
export function OutcomesByTenant({ of, cursors }: Props) {
  const { nodes, totalCount, pageInfo } = readFragment(outcomesByTenantFragment, of);
  if ((totalCount ?? 0) < 2) return null;
  return (
    <section className="card stack" aria-label="By tenant">
      <Wide label="How many at each tenant">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Tenant</th>
              {['Computers', 'Wins on', 'Loses on', 'Does not apply on'].map((title) => (
                <th key={title} scope="col" className="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ tenant, computerCount, winsOn, losesOn, doesNotApplyOn }) => (
              <tr key={tenant?.uuid}>
                <td className="name">{tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>}</td>
                <Count count={computerCount} tenant={tenant?.uuid} outcome={undefined} />
                <Count count={winsOn} tenant={tenant?.uuid} outcome="WINS" />
                <Count count={losesOn} tenant={tenant?.uuid} outcome="LOSES" />
                <Count count={doesNotApplyOn} tenant={tenant?.uuid} outcome="DOES_NOT_APPLY" />
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <Pager
        label="tenants"
        cursors={cursors}
        size={TENANTS_SHOWN}
        shown={nodes.length}
        total={totalCount}
        endCursor={pageInfo.endCursor}
        hasNext={pageInfo.hasNextPage}
      />
    </section>
  );
}

interface CountProps {
  count: number;
  tenant: string | undefined;
  outcome: (typeof OUTCOMES)[number] | undefined;
}

function Count({ count, tenant, outcome }: CountProps) {
  return (
    <td className="number">
      {count > 0 && tenant ? (
        <Link from="/deployments/$id" to="." search={(before) => ({ ...before, tenant, outcome })} replace resetScroll={false}>
          {grouped(count)}
        </Link>
      ) : (
        <span className="dimmed">{grouped(count)}</span>
      )}
    </td>
  );
}
