// Where the software of a chain stands in the picture: what it needs at its right, what needs it at its left, each as far away as its longest
// way there.
import { type Told, whichWords } from '~/catalogue/item/which.ts';
import { type Chain, goesOn, type Link, needsOf } from './chain.ts';

export const COLUMN = 240;
export const ROW = 56;
/** Boxes that are drawn, the nearest first: with more, nobody sees anything. */
export const MOST = 60;

export interface Box {
  uuid: string;
  name: string;
  /** What tells it from others of its name. */
  which?: string | undefined;
  /** What it is in the picture. */
  is: 'itself' | 'needs it' | 'installed first' | 'gone first';
  /** Whether it needs, or is needed by, more than was read. */
  goesOn: boolean;
  column: number;
}

export interface Arrow {
  /** What needs, and what is needed. */
  source: string;
  target: string;
  /** Whether it is needed only under a condition. */
  isConditional: boolean;
}

export interface Drawing {
  boxes: readonly Box[];
  arrows: readonly Arrow[];
  /** How many more there are than are drawn. */
  left: number;
}

export function drawingOf(chain: Chain): Drawing {
  const boxes = new Map<string, Box>();
  const arrows = new Map<string, Arrow>();
  const put = (link: { uuid: string; name: string } & Told, is: Box['is'], column: number, more: boolean) => {
    const known = boxes.get(link.uuid);
    const isFarther = !known || Math.abs(column) > Math.abs(known.column);
    // What is installed by one and uninstalled by another is drawn as installed: the arrows' own words are in the list.
    const as = known && known.is !== 'gone first' ? known.is : is;
    boxes.set(link.uuid, {
      uuid: link.uuid,
      name: link.name,
      which: whichWords(link),
      is: as,
      goesOn: more || (known?.goesOn ?? false),
      column: isFarther ? column : known.column,
    });
  };
  const join = (source: string, target: string, isConditional: boolean) => {
    const key = `${source} ${target}`;
    // One that always applies decides.
    arrows.set(key, { source, target, isConditional: isConditional && (arrows.get(key)?.isConditional ?? true) });
  };

  const down = (of: Link, column: number) => {
    for (const { when, then } of needsOf(of)) {
      if (!then.software) continue;
      const isInstalled = then.kind === 'INSTALL';
      // What is to be gone needs nothing before it.
      put(then.software, isInstalled ? 'installed first' : 'gone first', column, isInstalled && goesOn(then.software));
      join(of.uuid, then.software.uuid, when.text !== null);
      if (isInstalled) down(then.software, column + 1);
    }
  };
  const up = (of: Above, column: number) => {
    for (const { when, software } of of.neededBy?.nodes ?? []) {
      if (!software) continue;
      put(software, 'needs it', column, 'neededBy' in software && more(software) > 0);
      join(software.uuid, of.uuid, when.text !== null);
      up(software, column - 1);
    }
  };

  put(chain, 'itself', 0, more(chain) > 0);
  down(chain, 1);
  up(chain, -1);
  const nearest = [...boxes.values()].sort((one, other) => Math.abs(one.column) - Math.abs(other.column));
  const drawn = nearest.slice(0, MOST);
  const isDrawn = (uuid: string) => drawn.some((box) => box.uuid === uuid);
  return {
    boxes: drawn,
    arrows: [...arrows.values()].filter(({ source, target }) => isDrawn(source) && isDrawn(target)),
    left: nearest.length - drawn.length,
  };
}

interface Above {
  uuid: string;
  neededBy?: { totalCount: number | null; nodes: readonly { when: { text: string | null }; software: (Above & { name: string } & Told) | null }[] };
}

/** How many more need it than were read. */
export function more({ neededBy }: Pick<Above, 'neededBy'>): number {
  return Math.max(0, (neededBy?.totalCount ?? 0) - (neededBy?.nodes.length ?? 0));
}

/** Each column in the middle of the picture's height. */
export function placeOf(box: Box, boxes: readonly Box[]): { x: number; y: number } {
  const column = boxes.filter(({ column }) => column === box.column);
  return { x: box.column * COLUMN, y: (column.indexOf(box) - (column.length - 1) / 2) * ROW };
}
