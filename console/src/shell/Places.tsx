import { Link } from '@tanstack/react-router';
import { PLACES } from './places.ts';
import css from './Shell.module.css';

export function Places() {
  return (
    <ul className={css.places}>
      {PLACES.map(({ to, title }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'data-here': true }} className={css.place}>
            {title}
          </Link>
        </li>
      ))}
    </ul>
  );
}
