import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { tokensSearch } from './search.ts';

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  validateSearch: tokensSearch,
  component: lazyRouteComponent(() => import('./TokensPage.tsx'), 'TokensPage'),
});

const rights = createRoute({
  getParentRoute: () => root,
  path: '/tokens/rights',
  component: lazyRouteComponent(() => import('./RightsPage.tsx'), 'RightsPage'),
});

export const tokenRoutes = [tokens, rights];
