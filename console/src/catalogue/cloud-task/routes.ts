import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { optional, text } from '~/kit/url/search.ts';
import { root } from '~/shell/root.ts';

const cloudTasks = createRoute({
  getParentRoute: () => root,
  path: '/cloud-tasks',
  validateSearch: (search: Record<string, unknown>) => optional({ name: text(search, 'name') }),
  component: lazyRouteComponent(() => import('./CloudTasksPage.tsx'), 'CloudTasksPage'),
});

export const cloudTaskRoutes = [cloudTasks];
