import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { useMakes } from '~/access/may/useMakes.ts';
import { PAST } from '~/kit/action/Action.tsx';
import { Errors } from '~/kit/action/Errors.tsx';
import { Refusals } from '~/kit/action/Refusals.tsx';
import { refusalOf } from '~/kit/action/refusal.ts';
import { graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { PageBody } from '~/kit/state/PageBody.tsx';
import { Pager, useCursors } from '~/kit/table/Pager.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { Moves, movesFragment } from './Moves.tsx';
import { back, down, type Section, up } from './moves.ts';
import { type Item, OrderedRow } from './OrderedRow.tsx';
import css from './ordering.module.css';
import { useFollowedFocus } from './useFollowedFocus.ts';
import { useMove } from './useMove.tsx';

/** Software of the catalogue that a page has; there are few cloud tasks. */
const SHOWN = 50;

const orderingQuery = graphql(
  `
  query Ordering($name: String, $first: Int!, $after: String, $asOf: AsOfInput) {
    ordering(asOf: $asOf) {
      beginning { software { uuid name } cloudTask { uuid name } }
      end { software { uuid name } cloudTask { uuid name } }
      changed { ...Changed }
    }
    catalogue(filter: { nameContains: $name }, orderBy: { field: NAME }, first: $first, after: $after, asOf: $asOf) {
      totalCount pageInfo { hasNextPage endCursor } nodes { uuid name }
    }
    cloudTasks(filter: { nameContains: $name }, first: 50, asOf: $asOf) { nodes { uuid name } }
    events(filter: { types: ["ItemMoved"] }, orderBy: { field: RECORDED_AT, direction: DESC }, first: 10, asOf: $asOf) { ...OrderingMoves }
  }
`,
  [changeFragment, movesFragment],
);

type Shown = ResultOf<typeof orderingQuery>;

export function OrderingPage() {
  const { name } = useSearch({ from: '/deployments/order' });
  const navigate = useNavigate({ from: '/deployments/order' });
  const cursors = useCursors(name ?? '');
  const page = usePage(orderingQuery, { name, first: SHOWN, after: cursors.after }, { concerns: ['ORDERING', 'SOFTWARE', 'CLOUD_TASK'], keep: true });
  const rename = useDebouncedCallback((name: string) => void navigate({ search: (before) => ({ ...before, name: name || undefined }), replace: true }), 200);
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
          <Lists
            shown={shown}
            search={
              <TextInput aria-label="Name contains" placeholder="Name contains…" defaultValue={name} onChange={(event) => rename(event.currentTarget.value)} />
            }
            pager={
              <Pager
                label="the catalogue"
                cursors={cursors}
                size={SHOWN}
                shown={shown.catalogue?.nodes.length ?? 0}
                total={shown.catalogue?.totalCount}
                endCursor={shown.catalogue?.pageInfo.endCursor}
                hasNext={shown.catalogue?.pageInfo.hasNextPage ?? false}
              />
            }
          />
        )}
      </PageBody>
    </div>
  );
}

function Lists({ shown, search, pager }: { shown: Shown; search: React.ReactNode; pager: React.ReactNode }) {
  const isPast = useMoment() !== undefined;
  const makes = useMakes();
  const may = makes('moveOrderingItem');
  const refusal = isPast ? undefined : refusalOf(may);
  const { move, outcome, isBusy } = useMove();
  const { ordering, catalogue, cloudTasks, events } = shown;
  const lists = { BEGINNING: itemsOf(ordering?.beginning), END: itemsOf(ordering?.end) };
  const all: Item[] = [
    ...(catalogue?.nodes ?? []).map(({ uuid, name }) => ({ uuid, name, kind: 'software' as const })),
    ...(cloudTasks?.nodes ?? []).map(({ uuid, name }) => ({ uuid, name: name ?? uuid, kind: 'cloud task' as const })),
  ];
  const ids = { BEGINNING: idsOf(lists.BEGINNING), END: idsOf(lists.END) };
  const ordered = new Set([...ids.BEGINNING, ...ids.END]);
  const unordered = all.filter(({ uuid }) => !ordered.has(uuid));
  const names = new Map([...all, ...lists.BEGINNING, ...lists.END].map(({ uuid, name }) => [uuid, name]));

  const { place, followed } = useFollowedFocus(ordering);
  const row = (item: Item, section: Section, index = 0) => (
    <OrderedRow
      key={item.uuid}
      item={item}
      section={section}
      up={section === 'UNORDERED' ? undefined : up(section, ids[section], index)}
      down={section === 'UNORDERED' ? undefined : down(section, ids[section], index)}
      move={
        isPast || refusal || may?.isAwaited
          ? undefined
          : (to) => {
              followed.current = item.uuid;
              void move(to, back(item.uuid, ids), item.name);
            }
      }
      isBusy={isBusy}
    />
  );

  return (
    <>
      {isPast && <p className="dimmed small">{PAST}</p>}
      {refusal && <Refusals of={[{ label: 'Move', reason: refusal }]} />}
      <Errors outcome={outcome} />
      {ordering?.changed && (
        <p className="small">
          Last moved <Changed change={ordering.changed} />.
        </p>
      )}
      <div className={css.sections} ref={place}>
        <section className="card stack">
          <h2>Beginning</h2>
          {lists.BEGINNING.length === 0 && <p className="dimmed">Nothing is to come first.</p>}
          <ol className={css.list}>{lists.BEGINNING.map((item, index) => row(item, 'BEGINNING', index))}</ol>
        </section>
        <section className="card stack">
          <h2>Unordered</h2>
          {search}
          {unordered.length === 0 && <p className="dimmed">Nothing here has no place in the order.</p>}
          <ul className={css.list}>{unordered.map((item) => row(item, 'UNORDERED'))}</ul>
          {pager}
        </section>
        <section className="card stack">
          <h2>End</h2>
          {lists.END.length === 0 && <p className="dimmed">Nothing is to come last.</p>}
          <ol className={css.list}>{lists.END.map((item, index) => row(item, 'END', index))}</ol>
        </section>
      </div>
      {events && <Moves of={readFragment(movesFragment, events)} names={names} />}
    </>
  );
}

type Ordered = NonNullable<Shown['ordering']>['beginning'];

function itemsOf(ordered: Ordered | undefined): Item[] {
  return (ordered ?? []).flatMap(({ software, cloudTask }): Item[] => {
    if (software) return [{ uuid: software.uuid, name: software.name, kind: 'software' }];
    return cloudTask ? [{ uuid: cloudTask.uuid, name: cloudTask.name ?? cloudTask.uuid, kind: 'cloud task' }] : [];
  });
}

function idsOf(items: readonly Item[]): string[] {
  return items.map(({ uuid }) => uuid);
}
