// The three lists, between which items are moved: by their buttons, by a pointer, by keys.

import type { ReactNode } from 'react';
import { Changed, changeFragment } from '~/access/actor/Changed.tsx';
import { useMakes } from '~/access/may/useMakes.ts';
import { calledAmong, type Item, itemIn, type OfItem } from '~/catalogue/item/item.ts';
import { whichFragment } from '~/catalogue/item/which.ts';
import { PAST } from '~/kit/action/Action.tsx';
import { Errors } from '~/kit/action/Errors.tsx';
import { Refusals } from '~/kit/action/Refusals.tsx';
import { refusalOf } from '~/kit/action/refusal.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql, readFragment } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import type { Place, SortedList } from '~/kit/sort/places.ts';
import { Hanging, SortingArea } from '~/kit/sort/Sort.tsx';
import { useSorting } from '~/kit/sort/useSorting.ts';
import { Moves, movesFragment } from './Moves.tsx';
import { back, down, type Move, placed, type Section, up } from './moves.ts';
import { OrderedRow } from './OrderedRow.tsx';
import type { Shown } from './OrderingPage.tsx';
import css from './ordering.module.css';
import { useFollowedFocus } from './useFollowedFocus.ts';
import { useMove } from './useMove.tsx';

export const orderFragment = graphql(
  `
  fragment Order on Ordering @_unmask {
    beginning { software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } }
    end { software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name } }
    changed { ...Changed }
  }
`,
  [changeFragment, whichFragment],
);

interface Props {
  shown: Shown;
  position: string | undefined;
  search: ReactNode;
  pager: ReactNode;
}

const EMPTY: Record<Section, string> = {
  BEGINNING: 'Nothing is to come first.',
  UNORDERED: 'Nothing here has no place in the order.',
  END: 'Nothing is to come last.',
};

export function OrderingLists({ shown: { ordering, catalogue, tasks, cloudTasks, events }, position, search, pager }: Props) {
  const isPast = useMoment() !== undefined;
  const makes = useMakes();
  const may = makes('moveOrderingItem');
  const refusal = isPast ? undefined : refusalOf(may);
  const mayMove = !isPast && !refusal && !may?.isAwaited;
  const { move, underway, refused, outcome, isBusy } = useMove(position);

  const all: Item[] = [
    ...itemsOf(catalogue?.nodes.map((software) => ({ software }))),
    ...itemsOf(tasks?.nodes.map((task) => ({ task }))),
    ...itemsOf(cloudTasks?.nodes.map((cloudTask) => ({ cloudTask }))),
  ];
  const [beginning, end] = [itemsOf(ordering?.beginning), itemsOf(ordering?.end)];
  const items = new Map([...all, ...beginning, ...end].map((item) => [item.uuid, item]));
  const names = calledAmong([...items.values()]);
  const nameOf = (uuid: string) => names.get(uuid) ?? uuid;
  const ids = underway.reduce(placed, { BEGINNING: idsOf(beginning), END: idsOf(end) });
  const ordered = new Set([...ids.BEGINNING, ...ids.END]);
  const lists: (SortedList & { id: Section })[] = [
    { id: 'BEGINNING', title: 'Beginning', isOrdered: true, items: ids.BEGINNING },
    { id: 'UNORDERED', title: 'Unordered', isOrdered: false, items: idsOf(all).filter((uuid) => !ordered.has(uuid)) },
    { id: 'END', title: 'End', isOrdered: true, items: ids.END },
  ];

  const go = (to: Move) => {
    followed.current = to.itemId;
    if (isBusy) tell(`${nameOf(to.itemId)} was not moved`, 'Another move is still on its way: try again.');
    else void move(to, back(to.itemId, ids), nameOf(to.itemId));
  };
  const drop = (itemId: string, { list, before }: Place) => go({ itemId, to: list as Section, beforeId: before });
  const sorting = useSorting({ lists, nameOf, drop });
  const followed = useFollowedFocus(sorting.root, JSON.stringify(ids), underway.length === 0);
  const { held, handleOf } = sorting;

  const row = (uuid: string, section: Section, index: number) => {
    const item = items.get(uuid);
    if (!item) return null;
    return (
      <OrderedRow
        key={uuid}
        item={item}
        called={nameOf(uuid)}
        section={section}
        up={section === 'UNORDERED' ? undefined : up(section, ids[section], index)}
        down={section === 'UNORDERED' ? undefined : down(section, ids[section], index)}
        move={mayMove ? go : undefined}
        handle={mayMove ? handleOf(uuid) : undefined}
        isTarget={held?.place?.list === section && held.place.before === uuid}
        isBusy={isBusy}
      />
    );
  };

  return (
    <>
      {isPast && <p className="dimmed small">{PAST}</p>}
      {refusal && <Refusals of={[{ label: 'Move', reason: refusal }]} />}
      <div className={css.refused}>
        {refused && <p>{refused} went back to where it was:</p>}
        <Errors outcome={outcome} />
      </div>
      {ordering?.changed && (
        <p className="small">
          Last moved <Changed change={ordering.changed} />.
        </p>
      )}
      <SortingArea sorting={sorting} className={css.sections}>
        {lists.map(({ id, title, isOrdered, items }) => {
          const List = isOrdered ? 'ol' : 'ul';
          const isTarget = held?.place?.list === id && held.place.before === undefined;
          return (
            <section key={id} className={`card stack ${css.section}`} data-list={id}>
              <h2>{title}</h2>
              {id === 'UNORDERED' && search}
              {items.length === 0 && <p className="dimmed">{EMPTY[id]}</p>}
              <List className={css.list} data-target={isTarget || undefined}>
                {items.map((uuid, index) => row(uuid, id, index))}
              </List>
              {id === 'UNORDERED' && pager}
            </section>
          );
        })}
        <Hanging sorting={sorting} name={held ? nameOf(held.item) : ''} />
      </SortingArea>
      {events && <Moves of={readFragment(movesFragment, events)} names={names} />}
    </>
  );
}

function itemsOf(listed: readonly OfItem[] | undefined): Item[] {
  return (listed ?? []).flatMap((of) => itemIn(of) ?? []);
}

function idsOf(items: readonly Item[]): string[] {
  return items.map(({ uuid }) => uuid);
}
