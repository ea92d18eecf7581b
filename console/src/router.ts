// Every page, a line each. Who opens a new concept adds its routes here and, if it has a place there, to the navigation.
import { createRouter } from '@tanstack/react-router';
import { tokenRoutes } from './access/token/routes.ts';
import { cloudTaskRoutes } from './catalogue/cloud-task/routes.ts';
import { secretRoutes } from './catalogue/secret/routes.ts';
import { softwareRoutes } from './catalogue/software/routes.ts';
import { sourceRoutes } from './catalogue/source/routes.ts';
import { taskRoutes } from './catalogue/task/routes.ts';
import { agentRoutes } from './fleet/agent/routes.ts';
import { agreementRoutes } from './fleet/agreement/routes.ts';
import { computerRoutes } from './fleet/computer/routes.ts';
import { groupRoutes } from './fleet/group/routes.ts';
import { personRoutes } from './fleet/person/routes.ts';
import { tagRoutes } from './fleet/tag/routes.ts';
import { tenantRoutes } from './fleet/tenant/routes.ts';
import { eventRoutes } from './installation/event/routes.ts';
import { overviewRoutes } from './installation/overview/routes.ts';
import { Loading } from './kit/state/PageBody.tsx';
import { parseSearch, stringifySearch } from './kit/url/search.ts';
import { sessionRoutes } from './maintenance/session/routes.ts';
import { comparisonRoutes } from './rules/comparison/routes.ts';
import { deploymentRoutes } from './rules/deployment/routes.ts';
import { orderingRoutes } from './rules/ordering/routes.ts';
import { Broken } from './shell/Broken.tsx';
import { NotFound } from './shell/NotFound.tsx';
import { root } from './shell/root.ts';

const routes = root.addChildren([
  ...tokenRoutes,
  ...cloudTaskRoutes,
  ...secretRoutes,
  ...softwareRoutes,
  ...sourceRoutes,
  ...taskRoutes,
  ...agentRoutes,
  ...agreementRoutes,
  ...computerRoutes,
  ...groupRoutes,
  ...personRoutes,
  ...tagRoutes,
  ...tenantRoutes,
  ...eventRoutes,
  ...overviewRoutes,
  ...sessionRoutes,
  ...comparisonRoutes,
  ...deploymentRoutes,
  ...orderingRoutes,
]);

export const router = createRouter({
  routeTree: routes,
  parseSearch,
  stringifySearch,
  // Code alone is fetched ahead: what is read is read by pages, at one position.
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: Loading,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
