import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';

const sources = createRoute({
  getParentRoute: () => root,
  path: '/software/sources',
  component: lazyRouteComponent(() => import('./SourcesPage.tsx'), 'SourcesPage'),
});

export const sourceRoutes = [sources];
