import { before } from '~/kit/live/position.ts';

/** What shows the same event on the server itself. */
export function commandOf({ position, stream, type }: { position: string; stream: string; type: string }): string {
  return `upkeep events --after ${before(position)} --stream ${stream} --type ${type} | head -n 1`;
}
