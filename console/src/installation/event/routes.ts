import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { eventsSearch } from './search.ts';

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: eventsSearch,
  component: lazyRouteComponent(() => import('./EventsPage.tsx'), 'EventsPage'),
});

/** An event is named by its position, which every change tells; its global id leads there too. */
const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$id',
  component: lazyRouteComponent(() => import('./EventPage.tsx'), 'EventPage'),
});

export const eventRoutes = [events, event];
