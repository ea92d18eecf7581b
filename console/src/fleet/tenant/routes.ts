import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { tenantSearch, tenantsSearch } from './search.ts';

const tenants = createRoute({
  getParentRoute: () => root,
  path: '/tenants',
  validateSearch: tenantsSearch,
  component: lazyRouteComponent(() => import('./TenantsPage.tsx'), 'TenantsPage'),
});

const tenant = createRoute({
  getParentRoute: () => root,
  path: '/tenants/$id',
  validateSearch: tenantSearch,
  component: lazyRouteComponent(() => import('./TenantPage.tsx'), 'TenantPage'),
});

export const tenantRoutes = [tenants, tenant];
