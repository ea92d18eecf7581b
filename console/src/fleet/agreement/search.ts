import { optional, text } from '~/kit/url/search.ts';

export function agreementsSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant') });
}
