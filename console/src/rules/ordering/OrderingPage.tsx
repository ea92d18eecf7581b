import { useNavigate, useSearch } from '@tanstack/react-router';
import { whichFragment } from '~/catalogue/item/which.ts';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { PageBody } from '~/kit/state/PageBody.tsx';
import { Pager, useCursors } from '~/kit/table/Pager.tsx';
import { plural } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { movesFragment } from './Moves.tsx';
import { OrderingLists, orderFragment } from './OrderingLists.tsx';

/** Software of the catalogue that a page has. */
const SHOWN = 50;

const orderingQuery = graphql(
  `
  query Ordering($name: String, $first: Int!, $after: String, $asOf: AsOfInput) {
    ordering(asOf: $asOf) { ...Order }
    catalogue(filter: { nameContains: $name }, orderBy: { field: NAME }, first: $first, after: $after, asOf: $asOf) {
      totalCount pageInfo { hasNextPage endCursor } nodes { uuid name ...WhichSoftware }
    }
    tasks(filter: { nameContains: $name }, orderBy: { field: NAME }, first: 50, asOf: $asOf) { totalCount nodes { uuid name } }
    cloudTasks(filter: { nameContains: $name }, first: 50, asOf: $asOf) { totalCount nodes { uuid name } }
    events(filter: { types: ["ItemMoved"] }, orderBy: { field: RECORDED_AT, direction: DESC }, first: 10, asOf: $asOf) { ...OrderingMoves }
  }
`,
  [orderFragment, movesFragment, whichFragment],
);

export type Shown = ResultOf<typeof orderingQuery>;

export function OrderingPage() {
  const { name } = useSearch({ from: '/deployments/order' });
  const navigate = useNavigate({ from: '/deployments/order' });
  const cursors = useCursors(name ?? '');
  const page = usePage(orderingQuery, { name, first: SHOWN, after: cursors.after }, { concerns: ['ORDERING', 'SOFTWARE', 'TASK', 'CLOUD_TASK'], keep: true });
  return (
    <div className="stack">
      <div className="bar">
        <h1>Order of execution</h1>
        <span className="grow" />
        <PathLink to="/deployments">Deployments</PathLink>
      </div>
      <p className="dimmed">
        A session executes what is for onboarding first, then the beginning, in its order, then what nobody ordered, then the end. The order decides nothing
        else: not who wins, and nothing in a session that is resolved already.
      </p>
      <PageBody page={page} hasTitle>
        {(shown) => (
          <OrderingLists
            shown={shown}
            position={page.position}
            search={
              <TextFilter label="Name contains" value={name} onChange={(name) => void navigate({ search: (before) => ({ ...before, name }), replace: true })} />
            }
            pager={
              <>
                <Unlisted of={shown} />
                <Pager
                  label="the catalogue"
                  cursors={cursors}
                  size={SHOWN}
                  shown={shown.catalogue?.nodes.length ?? 0}
                  total={shown.catalogue?.totalCount}
                  endCursor={shown.catalogue?.pageInfo.endCursor}
                  hasNext={shown.catalogue?.pageInfo.hasNextPage ?? false}
                />
              </>
            }
          />
        )}
      </PageBody>
    </div>
  );
}

/** Tasks are not paged through: those that are not shown are found by their names. */
function Unlisted({ of: { tasks, cloudTasks } }: { of: Shown }) {
  const more = [tasks, cloudTasks].reduce((sum, list) => sum + (list?.totalCount ?? 0) - (list?.nodes.length ?? 0), 0);
  return more > 0 ? <p className="dimmed small">{plural(more, 'other task')}, found by a part of the name.</p> : null;
}
