import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '~/shell/root.ts';
import { agreementsSearch } from './search.ts';

const agreements = createRoute({
  getParentRoute: () => root,
  path: '/agreements',
  validateSearch: agreementsSearch,
  component: lazyRouteComponent(() => import('./AgreementsPage.tsx'), 'AgreementsPage'),
});

const agreement = createRoute({
  getParentRoute: () => root,
  path: '/agreements/$id',
  component: lazyRouteComponent(() => import('./AgreementPage.tsx'), 'AgreementPage'),
});

export const agreementRoutes = [agreements, agreement];
