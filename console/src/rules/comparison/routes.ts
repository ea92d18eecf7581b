import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { comparisonSearch } from './search.ts';

const comparison = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: comparisonSearch,
  component: lazyRouteComponent(() => import('./ComparisonPage.tsx'), 'ComparisonPage'),
});

export const comparisonRoutes = [comparison];
