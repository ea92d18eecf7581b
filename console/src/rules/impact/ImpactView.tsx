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
  GAINED: 'gain a rule',
  LOST: 'lose theirs',
  STATE_CHANGED: 'want another state',
  WINNER_CHANGED: 'have another winner',
} as const;

function Changes({ difference }: { difference: Difference }) {
  const { computerCount, itemCount, byKind, byTenant, changes } = difference;
  if (itemCount === 0) return <p className={css.line}>No computer would want anything else than it does now.</p>;
  const more = itemCount - changes.nodes.length;
  return (
    <>
      <p className={css.line}>
        <strong>{plural(computerCount, 'computer')}</strong> would change, in {plural(itemCount, 'item')}:{' '}
        {byKind.map(({ kind, itemCount }) => `${itemCount.toLocaleString('en')} ${WORDS[kind]}`).join(', ')}.
      </p>
      {byTenant.nodes.length > 1 && (
        <p className={css.line}>
          By tenant: {byTenant.nodes.map(({ tenant, computerCount }) => `${tenant?.name ?? 'one that you may not see'} ${computerCount}`).join(', ')}
          {(byTenant.totalCount ?? 0) > byTenant.nodes.length && `, and ${plural((byTenant.totalCount ?? 0) - byTenant.nodes.length, 'other tenant')}`}.
        </p>
      )}
      <Wide label="The first changes">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">Item</th>
              <th scope="col">What and why</th>
            </tr>
          </thead>
          <tbody>
            {changes.nodes.map(({ computer, tenant, software, cloudTask, before, after, explanation }) => (
              <tr key={`${computer?.uuid ?? tenant?.uuid} ${software?.uuid ?? cloudTask?.uuid}`}>
                <td>
                  {computer ? (
                    <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>
                  ) : (
                    tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>
                  )}
                </td>
                <td>{software?.name ?? cloudTask?.name}</td>
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
