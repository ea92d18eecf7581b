import { useShown } from '~/kit/live/shown.ts';
import { Failed, Stale } from '~/kit/state/PageBody.tsx';
import { Attention } from './Attention.tsx';
import { Changes } from './Changes.tsx';
import { ComplianceByItem } from './ComplianceByItem.tsx';
import { Conflicts } from './Conflicts.tsx';
import { startOfDay } from './day.ts';
import { Figures } from './Figures.tsx';
import { FirstSteps } from './FirstSteps.tsx';
import { useOverview } from './useOverview.ts';

export function OverviewPage() {
  const { page, at } = useOverview();
  const { data, failure, position, again } = page;
  useShown(position);
  if (failure && !data) return <Failed failure={failure} again={again} isPage />;
  if (data?.summary?.computerCount === 0 && data.summary.agentCount === 0) {
    return <FirstSteps hasSoftware={(data.catalogue?.totalCount ?? 0) > 0} hasDeployments={(data.deployments?.totalCount ?? 0) > 0} />;
  }
  return (
    <div className="stack">
      <h1>Overview</h1>
      {failure && <Stale failure={failure} position={position} again={again} />}
      <Figures page={page} day={startOfDay(at)} />
      <div className="cards">
        <Attention page={page} />
        <ComplianceByItem position={position} />
        <Conflicts position={position} />
      </div>
      <Changes page={page} at={at} />
    </div>
  );
}
