import { optional, text } from '~/kit/url/search.ts';

export function tagsSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant'), order: text(search, 'order') });
}
