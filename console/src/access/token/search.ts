import { flag, optional, text } from '~/kit/url/search.ts';

export function tokensSearch(search: Record<string, unknown>) {
  return optional({ name: text(search, 'name'), tenant: text(search, 'tenant'), revoked: flag(search, 'revoked') });
}
