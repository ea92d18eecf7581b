import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { tagsSearch } from './search.ts';

const tags = createRoute({
  getParentRoute: () => root,
  path: '/tags',
  validateSearch: tagsSearch,
  component: lazyRouteComponent(() => import('./TagsPage.tsx'), 'TagsPage'),
});

export const tagRoutes = [tags];
