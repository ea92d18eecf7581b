import { Checkbox, SegmentedControl } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useMakes } from '~/access/may/useMakes.ts';
import type { Possibility } from '~/kit/action/Action.tsx';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty, Loading, PageBody } from '~/kit/state/PageBody.tsx';
import type { Column } from '~/kit/table/columns.ts';
import { TreeTable } from '~/kit/table/TreeTable.tsx';
import { type Branch, forestOf, pruned, rowsOf, sums } from '~/kit/table/tree.ts';
import type { All } from '~/kit/table/useAll.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { grouped, plural } from '~/kit/text/words.ts';
import { CreateTenant } from './actions.tsx';
import css from './tenant.module.css';
import { MOST, type TenantOfTree, useTenants } from './tenants.ts';

const TenantGraph = lazy(() => import('./TenantGraph.tsx'));
const route = getRouteApi('/tenants');

/** Up to so many tenants, all of the tree is open at first. */
const OPEN_UP_TO = 200;

export function TenantsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMakes()('createTenant');
  const page = useTenants(search.removed === 'yes');
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <div className={css.page}>
      <div className="bar">
        <h1>Tenants</h1>
        <span className="grow" />
        <CreateTenant may={may} />
      </div>
      <div className="bar">
        <TextFilter label="Name or tag contains" value={search.name} onChange={(name) => change({ name })} />
        <Checkbox
          label="Removed ones too"
          size="xs"
          checked={search.removed === 'yes'}
          onChange={(event) => change({ removed: event.currentTarget.checked ? 'yes' : undefined })}
        />
        <span className="grow" />
        <SegmentedControl
          aria-label="Show them as"
          data={[
            { value: 'tree', label: 'Tree' },
            { value: 'graph', label: 'Graph' },
          ]}
          value={search.view ?? 'tree'}
          onChange={(view) => change({ view: view === 'graph' ? 'graph' : undefined })}
        />
      </div>
      <PageBody page={page} hasTitle>
        {(all) => <Shown all={all} may={may} />}
      </PageBody>
    </div>
  );
}

function Shown({ all: { rows, total }, may }: { all: All<TenantOfTree>; may: Possibility | undefined }) {
  const { name, view } = route.useSearch();
  const forest = useMemo(
    () =>
      forestOf(
        rows,
        ({ uuid }) => uuid,
        ({ parent }) => parent?.uuid,
      ),
    [rows],
  );
  const found = useMemo(() => (name ? pruned(forest, (tenant) => isCalled(tenant, name)) : forest), [forest, name]);
  if (rows.length === 0) {
    return (
      <Empty title="There is no tenant" action={<CreateTenant may={may} />}>
        A tenant is a customer of yours, or yourselves. Computers, people and agreements belong to one.
      </Empty>
    );
  }
  if (found.length === 0) return <Empty title="No tenant is called so">Neither a name nor a tag has this in it. Take the filter away.</Empty>;
  return (
    <>
      {total > rows.length && (
        <p className="small">
          These are the first {MOST.toLocaleString('en')} of {plural(total, 'tenant')}.
        </p>
      )}
      {view === 'graph' ? (
        <Suspense fallback={<Loading />}>
          <TenantGraph forest={found} />
        </Suspense>
      ) : (
        <Tree forest={forest} found={found} isSearched={name !== undefined} count={rows.length} />
      )}
    </>
  );
}

function isCalled({ name, tags }: TenantOfTree, text: string): boolean {
  const sought = text.toLowerCase();
  return name.toLowerCase().includes(sought) || tags.some((tag) => tag.toLowerCase().includes(sought));
}

interface TreeProps {
  forest: readonly Branch<TenantOfTree>[];
  found: readonly Branch<TenantOfTree>[];
  isSearched: boolean;
  count: number;
}

function Tree({ forest, found, isSearched, count }: TreeProps) {
  const navigate = route.useNavigate();
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const isOpenAtFirst = isSearched || count <= OPEN_UP_TO;
  const rows = useMemo(() => rowsOf(found, (key) => turned.has(key) !== isOpenAtFirst), [found, turned, isOpenAtFirst]);
  const columns = useMemo(() => columnsOf(sums(forest, ({ computers }) => computers.totalCount ?? 0)), [forest]);
  const toggle = useCallback(
    (key: string) =>
      setTurned((before) => {
        const after = new Set(before);
        if (!after.delete(key)) after.add(key);
        return after;
      }),
    [],
  );
  return (
    <>
      <TreeTable
        label="Tenants"
        rows={rows}
        columns={columns}
        toggle={toggle}
        nameOf={nameOf}
        open={({ uuid }) => void navigate({ to: '/tenants/$id', params: { id: uuid } })}
      />
      <p className="dimmed small">
        {isSearched && `${rows.length.toLocaleString('en')} of `}
        {plural(count, 'tenant')}
      </p>
    </>
  );
}

const nameOf = ({ name }: TenantOfTree) => name;

function columnsOf(inAll: ReadonlyMap<string, number>): readonly Column<TenantOfTree>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      width: 240,
      grows: 3,
      cell: ({ uuid, name }) => (
        <Link to="/tenants/$id" params={{ id: uuid }}>
          {name}
        </Link>
      ),
    },
    {
      id: 'computers',
      title: 'Computers',
      width: 100,
      grows: 0,
      isNumber: true,
      narrow: 'line',
      cell: ({ computers: { totalCount } }) => (
        <>
          {grouped(totalCount ?? 0)} <span className={css.unit}>{totalCount === 1 ? 'computer' : 'computers'}</span>
        </>
      ),
    },
    { id: 'inAll', title: 'With those below', width: 130, grows: 0, isNumber: true, cell: ({ uuid }) => grouped(inAll.get(uuid) ?? 0) },
    { id: 'timeZone', title: 'Time zone', width: 140, narrow: 'line', cell: ({ timeZone }) => timeZone },
    { id: 'tags', title: 'Tags', width: 140, narrow: 'line', cell: ({ tags }) => tags.join(', ') },
    { id: 'state', title: 'State', width: 190, grows: 0, narrow: 'line', cell: State },
  ];
}

function State({ isRemoved, isExcludedFromCrossTenant }: TenantOfTree) {
  if (isRemoved) return <Mark>Removed</Mark>;
  return isExcludedFromCrossTenant ? <Mark tone="warn">Out of cross-tenant rules</Mark> : null;
}
