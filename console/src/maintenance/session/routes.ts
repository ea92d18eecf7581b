import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { sessionSearch, sessionsSearch } from './search.ts';

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  validateSearch: sessionsSearch,
  component: lazyRouteComponent(() => import('./SessionsPage.tsx'), 'SessionsPage'),
});

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$id',
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import('./SessionPage.tsx'), 'SessionPage'),
});

export const sessionRoutes = [sessions, session];
