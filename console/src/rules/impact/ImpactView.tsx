// What would change: how much, where, and the first of it word by word.
import { Loader } from '@mantine/core';
import { Errors } from '~/kit/action/Errors.tsx';
import { Stale } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './impact.module.css';
import type { Difference, Impact } from './useImpact.ts';

export function ImpactView({ impact }: { impact: Impact }) {
  const { page, difference, refusals, isAsked } = impact;
  if (!isAsked) return null;
  return (
    <section className={css.impact} aria-label="What would change" aria-live="polite">
      {page.failure && <Stale failure={page.failure} position={page.position} again={page.again} />}
      {refusals.length > 0 && <Errors outcome={{ kind: 'refused', errors: refusals, payload: undefined }} />}
      {difference ? (
        <Changes difference={difference} />
      ) : (
        refusals.length === 0 && !page.failure && <Loader size="xs" aria-label="Reckoning what would change" />
      )}
    </section>
  );
}

const WORDS = {
  GAINED: ['item gains a rule', 'items gain a rule'],
  LOST: ['item loses its rule', 'items lose their rule'],
  STATE_CHANGED: ['item gets another state', 'items get another state'],
  WINNER_CHANGED: ['item stays so because of another deployment', 'items stay so because of another deployment'],
} as const;

function Changes({ difference }: { difference: Difference }) {
  const { computerCount, itemCount, byKind, byTenant, changes } = difference;
  if (itemCount === 0) return <p className={css.line}>No computer would want anything else than it does now.</p>;
  const more = itemCount - changes.nodes.length;
  return (
    <>
      <p className={css.line}>
        <strong>{computerCount === 0 ? 'No computer' : plural(computerCount, 'computer')}</strong> would change
        {computerCount === 0 && ', but what is wanted of tenants'}:{' '}
        {byKind.map(({ kind, itemCount }) => plural(itemCount, WORDS[kind][0], WORDS[kind][1])).join(', ')}.
      </p>
      {byTenant.nodes.length > 1 && (
        <p className={css.line}>
          By tenant: {byTenant.nodes.map(({ tenant, computerCount }) => `${tenant?.name ?? 'one that you may not see'} ${computerCount}`).join(', ')}
          {(byTenant.totalCount ?? 0) > byTenant.nodes.length && `, and ${plural((byTenant.totalCount ?? 0) - byTenant.nodes.length, 'other tenant')}`}.
        </p>
      )}
      <Wide label="The first changes">
        <table className={`rows ${css.changes}`}>
          <thead>
            <tr>
              <th scope="col">Item and where</th>
              <th scope="col">What and why</th>
            </tr>
          </thead>
          <tbody>
            {changes.nodes.map(({ computer, tenant, software, cloudTask, before, after, explanation }) => (
              <tr key={`${computer?.uuid ?? tenant?.uuid} ${software?.uuid ?? cloudTask?.uuid}`}>
                <td>
                  {software?.name ?? cloudTask?.name}
                  <div>
                    {computer ? (
                      <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>
                    ) : (
                      tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
                    )}
                  </div>
                </td>
                <td>
                  <div>
                    {before?.desired.text ?? 'nothing'} → {after?.desired.text ?? 'nothing'}
                  </div>
                  <div className="dimmed small">{explanation}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {more > 0 && <p className={css.line}>and {plural(more, 'other change')}.</p>}
    </>
  );
}
