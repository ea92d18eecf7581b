import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { orderingSearch } from './search.ts';

const ordering = createRoute({
  getParentRoute: () => root,
  path: '/deployments/order',
  validateSearch: orderingSearch,
  component: lazyRouteComponent(() => import('./OrderingPage.tsx'), 'OrderingPage'),
});

export const orderingRoutes = [ordering];
