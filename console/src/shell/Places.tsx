import { Link } from '@tanstack/react-router';

import css from './Shell.module.css';
import { usePlaces } from './usePlaces.ts';

export function Places() {
  const places = usePlaces();
  return (
    <ul className={css.places}>
      {places.map(({ to, title }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'data-here': true }} className={css.place}>
            {title}
          </Link>
        </li>
      ))}
    </ul>
  );
}
