import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { deploymentSearch, deploymentsSearch, newDeploymentSearch } from './search.ts';

const deployments = createRoute({
  getParentRoute: () => root,
  path: '/deployments',
  validateSearch: deploymentsSearch,
  component: lazyRouteComponent(() => import('./DeploymentsPage.tsx'), 'DeploymentsPage'),
});

const newDeployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/new',
  validateSearch: newDeploymentSearch,
  component: lazyRouteComponent(() => import('./editor/NewDeploymentPage.tsx'), 'NewDeploymentPage'),
});

const deployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$id',
  validateSearch: deploymentSearch,
  component: lazyRouteComponent(() => import('./DeploymentPage.tsx'), 'DeploymentPage'),
});

const editDeployment = createRoute({
  getParentRoute: () => root,
  path: '/deployments/$id/edit',
  component: lazyRouteComponent(() => import('./editor/EditDeploymentPage.tsx'), 'EditDeploymentPage'),
});

export const deploymentRoutes = [deployments, newDeployment, deployment, editDeployment];
