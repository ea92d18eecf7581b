// Which tags are in use, and by how many: deployments choose computers by them.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { graphql, type ResultOf } from '~/kit/api/graphql.ts';
import { TextFilter } from '~/kit/select/TextFilter.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, orderOf, turned } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { useList } from '~/kit/table/useList.ts';
import { grouped } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';
import css from './TagsPage.module.css';

const tagsQuery = graphql(`
  query Tags($filter: TagFilter, $orderBy: TagOrder, $first: Int, $skip: Int, $asOf: AsOfInput) {
    tags(filter: $filter, orderBy: $orderBy, first: $first, skip: $skip, asOf: $asOf) {
      totalCount
      nodes { tag computerCount tenantCount personCount }
    }
  }
`);

type Tag = NonNullable<ResultOf<typeof tagsQuery>['tags']>['nodes'][number];

/** `one` and `many` are said where there is no column's title beside the number. */
function carriers(
  id: keyof Tag,
  title: string,
  orderBy: string,
  linkTo: (tag: string) => { to: string; search: Record<string, string> },
  words: readonly [one: string, many: string],
): Column<Tag> {
  return {
    id,
    title,
    width: 110,
    isNumber: true,
    orderBy,
    narrow: 'line',
    cell: (tag) => {
      const count = Number(tag[id]);
      const [one, many] = words;
      const told = (
        <>
          {grouped(count)}
          <span className={css.unit}> {count === 1 ? one : many}</span>
        </>
      );
      return count === 0 ? <span className="dimmed">{told}</span> : <PathLink {...linkTo(tag.tag)}>{told}</PathLink>;
    },
  };
}

const COLUMNS: readonly Column<Tag>[] = [
  {
    id: 'tag',
    title: 'Tag',
    width: 200,
    grows: 4,
    orderBy: 'NAME',
    narrow: 'title',
    cell: ({ tag }) => (
      <span className="mark" title={tag}>
        {tag}
      </span>
    ),
  },
  carriers('computerCount', 'Computers', 'COMPUTER_COUNT', (tag) => ({ to: '/computers', search: { tag } }), ['computer', 'computers']),
  carriers('tenantCount', 'Tenants', 'TENANT_COUNT', (name) => ({ to: '/tenants', search: { name } }), ['tenant', 'tenants']),
  carriers('personCount', 'People', 'PERSON_COUNT', (tag) => ({ to: '/people', search: { tag } }), ['person', 'people']),
];

export function TagsPage() {
  const search = useSearch({ from: '/tags' });
  const navigate = useNavigate({ from: '/tags' });
  const { name, tenant } = search;
  const order = orderOf(COLUMNS, search.order);
  const filter = { textContains: name, tenantId: tenant };
  const list = useList(tagsQuery, { filter, orderBy: order as never }, ({ tags }) => tags, ['COMPUTER', 'TENANT', 'PERSON']);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  return (
    <ListPage
      title="Tags"
      list={list}
      filters={
        <>
          <TextFilter label="Name contains" value={name} onChange={(name) => change({ name })} />
          <TenantSelect aria-label="Tenant" placeholder="Tenant" w={180} value={tenant} onChange={(tenant) => change({ tenant })} />
        </>
      }
    >
      <RecordTable
        label="Tags"
        list={list}
        columns={COLUMNS}
        keyOf={({ tag }) => tag}
        open={({ tag }) => void navigate({ to: '/computers', search: { tag } })}
        order={order}
        sortBy={(field) => change({ order: turned(order, field) })}
        empty={
          name || tenant ? (
            <Empty title="No such tag is in use">Take a filter away.</Empty>
          ) : (
            <Empty title="Nothing carries a tag yet" action={<PathLink to="/computers">Choose computers and tag them</PathLink>}>
              A tag is a word on a computer, a tenant or a person. Deployments can be for everything that carries one.
            </Empty>
          )
        }
      />
    </ListPage>
  );
}
