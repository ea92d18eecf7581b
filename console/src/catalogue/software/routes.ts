import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { catalogueSearch, softwareSearch } from './search.ts';

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/software',
  validateSearch: catalogueSearch,
  component: lazyRouteComponent(() => import('./CataloguePage.tsx'), 'CataloguePage'),
});

const software = createRoute({
  getParentRoute: () => root,
  path: '/software/$id',
  validateSearch: softwareSearch,
  component: lazyRouteComponent(() => import('./SoftwarePage.tsx'), 'SoftwarePage'),
});

export const softwareRoutes = [catalogue, software];
