// What differs between two moments in what deployments want: how much, in which way, at which tenant, and each item in words.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ComputerSelect } from '~/fleet/computer/ComputerSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { TimeInput } from '~/kit/form/TimeInput.tsx';
import { momentOf } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { Empty, PageBody } from '~/kit/state/PageBody.tsx';
import { plural } from '~/kit/text/words.ts';
import { inFull } from '~/kit/time/words.ts';
import { Changes, changeFields } from './Changes.tsx';
import { Counts, countFields } from './Counts.tsx';

const PAGE = 50;

const comparisonQuery = graphql(
  `
  query Comparison(
    $earlier: AsOfInput!, $later: AsOfInput, $computerId: ID, $tenantId: ID, $kind: ResolutionChangeKind, $at: ID, $first: Int, $after: String
  ) {
    first: server(asOf: $earlier) { position time }
    second: server(asOf: $later) { position time }
    compare(earlier: $earlier, later: $later, computerId: $computerId, tenantId: $tenantId) {
      computerCount itemCount
      ...DifferenceCounts
      changes(kind: $kind, tenantId: $at, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ...ResolutionChangeRow } }
    }
  }
`,
  [countFields, changeFields],
);

export function ComparisonPage() {
  const search = useSearch({ from: '/compare' });
  const navigate = useNavigate({ from: '/compare' });
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, after: undefined, ...changed }), replace: true });
  const earlier = momentOf(search.earlier);
  const later = momentOf(search.later);
  return (
    <div className="stack">
      <h1>
        What differs {search.earlier ? `since ${wordsOf(search.earlier)}` : 'from now on'}
        {search.later && ` until ${wordsOf(search.later)}`}
      </h1>
      <div className="bar">
        <TimeInput label="Earlier" value={earlier?.time} choose={(earlier) => change({ earlier })} />
        <TimeInput label="Later" value={later?.time} choose={(later) => change({ later })} />
        <TenantSelect
          aria-label="Tenant"
          placeholder="Tenant…"
          value={search.tenant}
          onChange={(tenant) => change({ tenant, computer: undefined, at: undefined })}
        />
        <ComputerSelect
          aria-label="Computer"
          placeholder="Computer…"
          value={search.computer}
          onChange={(computer) => change({ computer, tenant: undefined, at: undefined })}
        />
      </div>
      <p className="small dimmed">
        Compared is which deployments decide, and what they want. {search.later ? '' : 'A later moment that is not given is now. '}
        {search.earlier ? '' : 'An earlier one that is not given is now too. '}
        One that lies in the future is as if nothing else happened until then.
      </p>
      {earlier || later ? <Difference /> : <Empty title="Choose a moment">Say since when, or until when: then it is compared with now.</Empty>}
    </div>
  );
}

function Difference() {
  const search = useSearch({ from: '/compare' });
  // Where only the later moment is given the comparison begins where it was opened.
  const [opened] = useState(() => new Date().toISOString());
  const page = usePage(
    comparisonQuery,
    {
      earlier: momentOf(search.earlier) ?? { time: opened },
      later: momentOf(search.later) ?? null,
      computerId: search.computer,
      tenantId: search.computer ? undefined : search.tenant,
      kind: search.kind,
      at: search.at,
      first: PAGE,
      after: search.after,
    },
    { keep: true },
  );
  return (
    <PageBody page={page}>
      {({ compare, first, second }) => {
        if (!compare || compare.itemCount === 0) {
          return (
            <Empty title="Nothing differs">The same deployments decide the same at both moments. Choose moments further apart, or take a limit away.</Empty>
          );
        }
        return (
          <div className="stack">
            <p>
              From <At moment={first} /> to <At moment={second} />: {plural(compare.itemCount, 'item')} on {plural(compare.computerCount, 'computer')}{' '}
              {compare.itemCount === 1 ? 'differs' : 'differ'}.
            </p>
            <Counts difference={compare} />
            <Changes
              changes={compare.changes.nodes}
              total={compare.changes.totalCount}
              next={compare.changes.pageInfo.hasNextPage ? compare.changes.pageInfo.endCursor : null}
            />
          </div>
        );
      }}
    </PageBody>
  );
}

/** The moment that was looked at in the end: after the last event until then. */
function At({ moment }: { moment: { position: string; time: string | null } | null }) {
  if (!moment) return null;
  return (
    <>
      {moment.time ? inFull(Date.parse(moment.time)) : 'the beginning'} (position <span className="mono">{moment.position}</span>)
    </>
  );
}

function wordsOf(value: string): string {
  const moment = momentOf(value);
  if (!moment) return 'a moment that is none';
  return moment.time ? inFull(Date.parse(moment.time)) : `position ${moment.position}`;
}
