// Tags that are in use already, for whoever types one: the same word is to be written once.
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { graphql } from '~/kit/api/graphql.ts';
import { usePage } from '~/kit/live/usePage.ts';
import { carriedWords } from './carried.ts';

const tagsLikeQuery = graphql(`
  query TagsLike($text: String!, $asOf: AsOfInput) {
    tags(filter: { textContains: $text }, orderBy: { field: COMPUTER_COUNT, direction: DESC }, first: 20, asOf: $asOf) {
      nodes { tag computerCount tenantCount personCount }
    }
  }
`);

/** How long somebody has to stop typing before it is looked for, in milliseconds. */
const STILL = 150;

/** Those that the most computers carry come first. Nothing is read before somebody begins. */
export function useTagsLike(typed: string) {
  const [isThere, setThere] = useState(false);
  const [text] = useDebouncedValue(typed.trim(), STILL);
  const { data } = usePage(tagsLikeQuery, { text }, { concerns: ['COMPUTER', 'TENANT', 'PERSON'], keep: true, pause: !isThere });
  const tags = data?.tags?.nodes ?? [];
  const detailOf = (tag: string) => {
    const found = tags.find((one) => one.tag === tag);
    return found && carriedWords(found);
  };
  const begin = () => setThere(true);
  return { tags: tags.map(({ tag }) => tag), detailOf, begin };
}
