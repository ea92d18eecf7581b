import { Button, MultiSelect, Switch, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { By } from '~/access/actor/By.tsx';
import { ComputerSelect } from '~/fleet/computer/ComputerSelect.tsx';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { TimeInput } from '~/kit/form/TimeInput.tsx';
import { Choice } from '~/kit/select/Choice.tsx';
import { Empty } from '~/kit/state/PageBody.tsx';
import { type Column, chosen } from '~/kit/table/columns.ts';
import { ListPage } from '~/kit/table/ListPage.tsx';
import { RecordTable } from '~/kit/table/RecordTable.tsx';
import { plural, sentence } from '~/kit/text/words.ts';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { About } from './About.tsx';
import css from './EventsPage.module.css';
import { INNER, OUTER, TYPES } from './types.ts';
import { type LoggedEvent, useLog } from './useLog.ts';
import { detailOf, titleOf } from './words.ts';

const COLUMNS: readonly Column<LoggedEvent>[] = [
  {
    id: 'what',
    title: 'What',
    width: 240,
    grows: 3,
    narrow: 'title',
    cell: ({ position, type, data }) => (
      <>
        <Link to="/events/$id" params={{ id: position }}>
          {titleOf(type)}
        </Link>
        <Detail data={data} />
      </>
    ),
  },
  { id: 'about', title: 'About', width: 190, narrow: 'line', cell: ({ stream, subject }) => <About stream={stream} subject={subject} /> },
  {
    id: 'tenant',
    title: 'Tenant',
    width: 110,
    cell: ({ tenant }) => tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>,
  },
  { id: 'who', title: 'Who', width: 150, cell: ({ actor }) => <By actor={actor} /> },
  { id: 'reason', title: 'Reason', width: 140, cell: ({ reason }) => reason },
  { id: 'when', title: 'When', width: 130, grows: 0, narrow: 'line', cell: ({ time }) => <Moment at={time} /> },
  { id: 'position', title: 'Position', width: 90, grows: 0, isNumber: true, cell: ({ position }) => <span className="mono">{position}</span> },
];

const GROUPS = [
  ...Object.entries(TYPES).map(([kind, types]) => ({ group: sentence(kind), items: [...types] as string[] })),
  { group: 'The server’s own', items: [...INNER] as string[] },
].map(({ group, items }) => ({ group, items: items.map((type) => ({ value: type, label: titleOf(type) })) }));

const BY = [
  { value: 'USER', label: 'People' },
  { value: 'AGENT', label: 'Agents' },
  { value: 'OPERATOR', label: 'The server’s own machine' },
  { value: 'SYSTEM', label: 'Upkeep' },
] as const;

export function EventsPage() {
  const search = useSearch({ from: '/events' });
  const navigate = useNavigate({ from: '/events' });
  const withInner = search.inner === 'yes' || search.stream !== undefined || search.story !== undefined;
  const filter = {
    stream: search.stream,
    types: search.type ?? (withInner ? undefined : [...OUTER]),
    tenantId: search.tenant,
    computerId: search.computer,
    since: search.since,
    until: search.until,
    actor: search.by && { kind: search.by },
    correlationId: search.story,
  };
  const { list, shown, show } = useLog(filter);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const submitStream = (stream: string) => {
    const wanted = stream.trim() || undefined;
    if (wanted !== search.stream) change({ stream: wanted });
  };
  const submitStory = (story: string) => {
    const wanted = story.trim() || undefined;
    if (wanted !== search.story) change({ story: wanted });
  };

  return (
    <ListPage
      title="Events"
      list={list}
      filters={
        <>
          <MultiSelect
            aria-label="Types"
            placeholder={search.type ? undefined : 'What happened…'}
            className={css.types}
            data={GROUPS}
            value={search.type ?? []}
            onChange={(type) => change({ type: type.length > 0 ? type : undefined })}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': 'Types: any' }}
            maxDropdownHeight={360}
          />
          <TenantSelect aria-label="Tenant" placeholder="Tenant…" value={search.tenant} onChange={(tenant) => change({ tenant })} />
          <ComputerSelect aria-label="Computer" placeholder="Computer…" value={search.computer} onChange={(computer) => change({ computer })} />
          <TextInput
            aria-label="Stream"
            placeholder="Stream, such as deployment-0190…"
            className={css.stream}
            defaultValue={search.stream ?? ''}
            key={search.stream}
            onBlur={(event) => submitStream(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && submitStream(event.currentTarget.value)}
          />
          <Choice label="By whom" options={BY} value={search.by} onChange={(by) => change({ by })} />
          <TextInput
            aria-label="Story"
            placeholder="Story, by its id"
            className={css.stream}
            defaultValue={search.story ?? ''}
            key={`story ${search.story}`}
            onBlur={(event) => submitStory(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && submitStory(event.currentTarget.value)}
          />
          <TimeInput label="Since" value={search.since} choose={(since) => change({ since })} />
          <TimeInput label="until" value={search.until} choose={(until) => change({ until })} />
          {!search.stream && !search.story && !search.type && (
            <Switch
              label="The server’s own too"
              checked={search.inner === 'yes'}
              onChange={(event) => change({ inner: event.currentTarget.checked ? 'yes' : undefined })}
            />
          )}
        </>
      }
    >
      <div role="status">
        {shown.fresh.length > 0 && (
          <Button onClick={show} fullWidth variant="light">
            {shown.hasMoreFresh ? `More than ${plural(shown.fresh.length, 'new event')}` : plural(shown.fresh.length, 'new event')}: show
          </Button>
        )}
      </div>
      <RecordTable
        label="Events"
        list={list}
        columns={chosen(COLUMNS, search.columns)}
        keyOf={({ position }) => position}
        open={({ position }) => void navigate({ to: '/events/$id', params: { id: position } })}
        empty={
          <Empty
            title={list.hasMore ? 'Nothing such so far back' : 'Nothing such has happened'}
            action={list.hasMore && <Button onClick={list.again}>Look further back</Button>}
          >
            Take a filter away: an event has to fit all of them.
          </Empty>
        }
      />
    </ListPage>
  );
}

function Detail({ data }: { data: unknown }) {
  const detail = detailOf(data);
  return detail ? <span className="dimmed">: {detail}</span> : null;
}
