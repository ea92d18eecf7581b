// Which software of a name it is: a source's title by that and what it is called there, one's own by who makes it. What is not read is not told.
import { graphql } from '~/kit/api/graphql.ts';

export const whichFragment = graphql(`
  fragment WhichSoftware on Software @_unmask { publisher origin { source identifier } }
`);

export interface Told {
  publisher?: string | null;
  origin?: { source: string; identifier: string } | null;
}

/** "7zip.7zip (winget)", or "my software, Igor Pavlov": what tells it apart comes first, since lists cut what is long. */
export function whichWords({ publisher, origin }: Told): string | undefined {
  if (origin) return `${origin.identifier} (${origin.source})`;
  if (origin === undefined) return undefined;
  return publisher ? `my software, ${publisher}` : 'my software';
}
