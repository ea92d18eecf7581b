import { ActionIcon, Button } from '@mantine/core';
import { type Item, pathOfItem } from '~/catalogue/item/item.ts';
import { Handle } from '~/kit/sort/Sort.tsx';
import type { HandleProps } from '~/kit/sort/useSorting.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import type { Move, Section } from './moves.ts';
import css from './ordering.module.css';

interface Props {
  item: Item;
  /** What it is called among the others, for whoever hears of it. */
  called: string;
  section: Section;
  up: Move | undefined;
  down: Move | undefined;
  /** Not in the past. */
  move: ((to: Move) => void) | undefined;
  handle: HandleProps | undefined;
  /** Whether what is held would come right before it. */
  isTarget: boolean;
  isBusy: boolean;
}

/** One item, and where it can go from here. Its buttons stay while a move is on its way, so that the focus does; pressed then, they do nothing. */
export function OrderedRow({ item, called, section, up, down, move, handle, isTarget, isBusy }: Props) {
  const { uuid, name, kind, which } = item;
  const path = pathOfItem(item);
  const go = (to: Move) => {
    if (!isBusy) move?.(to);
  };
  return (
    <li className={css.item} data-item={uuid} data-held={handle?.isHeld || undefined} data-target={isTarget || undefined}>
      <div className={css.row}>
        {handle && <Handle {...handle} />}
        <span className={css.name}>
          {path ? <PathLink to={path}>{name}</PathLink> : name}
          <span className="which"> {kind === 'software' ? which : kind === 'task' ? 'task' : 'cloud task'}</span>
        </span>
        {move && (
          <span className={css.moves}>
            {up && <Step label={`Move ${called} up`} arrow="↑" onClick={() => go(up)} />}
            {down && <Step label={`Move ${called} down`} arrow="↓" onClick={() => go(down)} />}
            {section !== 'BEGINNING' && <Leap label={`${called} to the beginning`} words="Beginning" onClick={() => go({ itemId: uuid, to: 'BEGINNING' })} />}
            {section !== 'UNORDERED' && <Leap label={`${called} out of the order`} words="Out" onClick={() => go({ itemId: uuid, to: 'UNORDERED' })} />}
            {section !== 'END' && <Leap label={`${called} to the end`} words="End" onClick={() => go({ itemId: uuid, to: 'END' })} />}
          </span>
        )}
      </div>
    </li>
  );
}

function Step({ label, arrow, onClick }: { label: string; arrow: string; onClick: () => void }) {
  return (
    <ActionIcon aria-label={label} title={label} onClick={onClick}>
      <span aria-hidden>{arrow}</span>
    </ActionIcon>
  );
}

function Leap({ label, words, onClick }: { label: string; words: string; onClick: () => void }) {
  return (
    <Button size="compact-xs" aria-label={label} title={label} onClick={onClick}>
      {words}
    </Button>
  );
}
