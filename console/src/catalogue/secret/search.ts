import { optional, text } from '~/kit/url/search.ts';

export function secretsSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant') });
}
