import { optional, text } from '~/kit/url/search.ts';

export function peopleSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant'), tag: text(search, 'tag'), order: text(search, 'order') });
}
