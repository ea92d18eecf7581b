// On how many computers an item is as wanted, in words.
import { grouped, plural } from '~/kit/text/words.ts';

interface Counts {
  shouldHave: number;
  has: number;
  differs: number;
  unknown: number;
}

const be = (count: number) => (count === 1 ? 'is' : 'are');

/** "Of 3 computers on which something is wanted of it, 1 is as wanted, 1 is not, and of 1 it is not known." */
export function countsWords({ shouldHave, has, differs, unknown }: Counts): string {
  const known = `${grouped(has)} ${be(has)} as wanted, ${grouped(differs)} ${be(differs)} not`;
  return `Of ${plural(shouldHave, 'computer')} on which something is wanted of it, ${known}, and of ${grouped(unknown)} it is not known.`;
}

/** Why it can be unknown though a session saw a version; nothing where it cannot. */
export function whyUnknown(isAsked: boolean): string | undefined {
  return isAsked
    ? 'Which version is the newest, each computer says when a session asks it: where the latest is wanted and one is there, nobody knows by now whether it is the newest.'
    : undefined;
}
