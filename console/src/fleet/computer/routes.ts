import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { computerSearch, computersSearch } from './search.ts';

const computers = createRoute({
  getParentRoute: () => root,
  path: '/computers',
  validateSearch: computersSearch,
  component: lazyRouteComponent(() => import('./ComputersPage.tsx'), 'ComputersPage'),
});

const computer = createRoute({
  getParentRoute: () => root,
  path: '/computers/$id',
  validateSearch: computerSearch,
  component: lazyRouteComponent(() => import('./ComputerPage.tsx'), 'ComputerPage'),
});

export const computerRoutes = [computers, computer];
