import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { secretsSearch } from './search.ts';

const secrets = createRoute({
  getParentRoute: () => root,
  path: '/secrets',
  validateSearch: secretsSearch,
  component: lazyRouteComponent(() => import('./SecretsPage.tsx'), 'SecretsPage'),
});

export const secretRoutes = [secrets];
