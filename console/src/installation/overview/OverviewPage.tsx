import { Link } from '@tanstack/react-router';
import { Failed, PageBody } from '~/kit/state/PageBody.tsx';
import { EventRows } from '../event/EventRows.tsx';
import { Attention } from './Attention.tsx';
import { ComplianceByItem } from './ComplianceByItem.tsx';
import { Conflicts } from './Conflicts.tsx';
import { agoAt, startOfDay } from './day.ts';
import { Figures } from './Figures.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { useOverview } from './useOverview.ts';

export function OverviewPage() {
  const { items, page, at } = useOverview();
  if (items.failure && !items.data) return <Failed failure={items.failure} again={items.again} />;
  return (
    <PageBody page={page}>
      {(overview) =>
        overview.computers?.totalCount === 0 && overview.agents?.totalCount === 0 ? (
          <FirstSteps hasSoftware={(items.data?.total ?? 0) > 0} hasDeployments={(overview.deployments?.totalCount ?? 0) > 0} />
        ) : (
          <div className="stack">
            <h1>Overview</h1>
            <Figures overview={overview} day={startOfDay(at)} />
            <div className="cards">
              <Attention overview={overview} />
              <ComplianceByItem overview={overview} items={items.data?.found ?? []} total={items.data?.total ?? 0} />
              <Conflicts overview={overview} />
            </div>
            <section className="card">
              <h2>What was changed in the last day</h2>
              {overview.changes?.nodes.length ? (
                <EventRows events={overview.changes.nodes} label="Changes of the last day" />
              ) : (
                <p className="small dimmed">Nobody changed anything that decides what computers get.</p>
              )}
              <Link to="/events" search={{ since: agoAt(at, 1) }} className="small">
                {overview.changes?.pageInfo.hasNextPage ? 'These are the newest ten; the log has all' : 'The log'}
              </Link>
            </section>
          </div>
        )
      }
    </PageBody>
  );
}
