import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { agentsSearch, enrolSearch } from './search.ts';

const agents = createRoute({
  getParentRoute: () => root,
  path: '/agents',
  validateSearch: agentsSearch,
  component: lazyRouteComponent(() => import('./AgentsPage.tsx'), 'AgentsPage'),
});

const enrol = createRoute({
  getParentRoute: () => root,
  path: '/agents/enrol',
  validateSearch: enrolSearch,
  component: lazyRouteComponent(() => import('./enrolment/EnrolPage.tsx'), 'EnrolPage'),
});

const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$id',
  component: lazyRouteComponent(() => import('./AgentPage.tsx'), 'AgentPage'),
});

export const agentRoutes = [agents, enrol, agent];
