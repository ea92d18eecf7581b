import { ActionIcon, Button } from '@mantine/core';
import { PathLink } from '~/kit/url/PathLink.tsx';
import type { Move, Section } from './moves.ts';
import css from './ordering.module.css';

export interface Item {
  uuid: string;
  name: string;
  kind: 'software' | 'cloud task';
}

interface Props {
  item: Item;
  section: Section;
  up: Move | undefined;
  down: Move | undefined;
  /** Not in the past. */
  move: ((to: Move) => void) | undefined;
  isBusy: boolean;
}

/** One item, and where it can go from here. Buttons stay usable while a move is on its way, so that the focus stays; a second press waits for nothing and does nothing. */
export function OrderedRow({ item: { uuid, name, kind }, section, up, down, move, isBusy }: Props) {
  const go = (to: Move | undefined) => {
    if (to && !isBusy) move?.(to);
  };
  return (
    <li className={css.row}>
      <span className={css.name}>
        {kind === 'software' ? <PathLink to={`/software/${uuid}`}>{name}</PathLink> : name}
        {kind === 'cloud task' && <span className="dimmed small"> cloud task</span>}
      </span>
      {move && section !== 'UNORDERED' && (
        <>
          {up && (
            <ActionIcon aria-label={`Move ${name} up`} title="Up" onClick={() => go(up)}>
              <span aria-hidden>↑</span>
            </ActionIcon>
          )}
          {down && (
            <ActionIcon aria-label={`Move ${name} down`} title="Down" onClick={() => go(down)}>
              <span aria-hidden>↓</span>
            </ActionIcon>
          )}
          <Button size="compact-xs" aria-label={`Take ${name} out of the order`} onClick={() => go({ itemId: uuid, to: 'UNORDERED' })}>
            Out
          </Button>
        </>
      )}
      {move && section !== 'BEGINNING' && (
        <Button size="compact-xs" aria-label={`${name} to the beginning`} onClick={() => go({ itemId: uuid, to: 'BEGINNING' })}>
          To the beginning
        </Button>
      )}
      {move && section !== 'END' && (
        <Button size="compact-xs" aria-label={`${name} to the end`} onClick={() => go({ itemId: uuid, to: 'END' })}>
          To the end
        </Button>
      )}
    </li>
  );
}
