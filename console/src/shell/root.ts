// The root of all routes: the frame, and the moment that is looked at, which every link keeps.
import { createRootRoute, retainSearchParams } from '@tanstack/react-router';
import { text } from '~/kit/url/search.ts';
import { NotFound } from './NotFound.tsx';
import { Shell } from './Shell.tsx';

export const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search: Record<string, unknown>): { asOf?: string } => ({ asOf: text(search, 'asOf') }),
  search: { middlewares: [retainSearchParams(['asOf'])] },
});
