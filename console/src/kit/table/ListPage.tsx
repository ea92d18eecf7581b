// A page that is one long list: its title, its filters, the list in whichever state it is.
import type { ReactNode } from 'react';
import { useShown } from '../live/shown.ts';
import { Failed, Stale } from '../state/PageBody.tsx';
import css from './ListPage.module.css';
import type { List } from './useList.ts';

interface Props<R> {
  title: string;
  /** What can be done here; at the right of the title. */
  actions?: ReactNode;
  filters?: ReactNode;
  list: List<R>;
  children: ReactNode;
}

export function ListPage<R>({ title, actions, filters, list, children }: Props<R>) {
  const { shown, again } = list;
  useShown(shown.position);
  return (
    <div className={css.page}>
      <div className="bar">
        <h1>{title}</h1>
        <span className="grow" />
        {actions}
      </div>
      {filters && <div className={`bar ${css.filters}`}>{filters}</div>}
      {shown.failure && shown.total !== undefined && <Stale failure={shown.failure} position={shown.position} again={again} />}
      {shown.total === undefined && shown.failure ? <Failed failure={shown.failure} again={again} /> : children}
    </div>
  );
}
