// How many computers a change reaches, and what has to be said about it before it is made.
import { plural } from '~/kit/text/words.ts';

/** What may be changed without naming the number (docs/resolution.md, "Asking"); beyond it the number is typed. */
export const UNSAID = 25;

/** What the button says: the number that it confirms. */
export function buttonWords(verb: string, computers: number | undefined): string {
  if (!computers) return verb;
  return `${verb}: change ${plural(computers, 'computer')}`;
}

export function mustType(computers: number | undefined): boolean {
  return (computers ?? 0) > UNSAID;
}

/** Said where the number is another one than the one that was shown first, or that was refused. */
export function movedWords(before: number | undefined, now: number | undefined): string | undefined {
  if (before === undefined || now === undefined || before === now) return undefined;
  return `The world moved meanwhile: it was ${plural(before, 'computer')} before, it is ${plural(now, 'computer')} now.`;
}
