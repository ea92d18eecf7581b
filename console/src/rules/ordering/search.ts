import { text } from '~/kit/url/search.ts';

export function orderingSearch(search: Record<string, unknown>) {
  return { name: text(search, 'name') };
}
