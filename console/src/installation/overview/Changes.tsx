import { Link } from '@tanstack/react-router';
import { EventRows } from '~/installation/event/EventRows.tsx';
import type { Page } from '~/kit/live/usePage.ts';
import { Card } from '~/kit/state/Card.tsx';
import { agoAt } from './day.ts';
import type { Overview } from './useOverview.ts';

/** What people changed lately, the newest first. */
export function Changes({ page: { data, failures, again }, at }: { page: Page<Overview>; at: number }) {
  return (
    <Card title="What was changed in the last day" failure={failures.changes} again={again} of={data?.changes} lines={5}>
      {(changes) => (
        <>
          {changes.nodes.length > 0 ? (
            <EventRows events={changes.nodes} label="Changes of the last day" />
          ) : (
            <p className="small dimmed">Nobody changed anything that decides what computers get.</p>
          )}
          <Link to="/events" search={{ since: agoAt(at, 1) }} className="small">
            {changes.pageInfo.hasNextPage ? 'More in the log' : 'The log'}
          </Link>
        </>
      )}
    </Card>
  );
}
