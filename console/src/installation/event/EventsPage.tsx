import { Button, MultiSelect, Switch, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
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
import { EventTitle } from './EventTitle.tsx';
import { type Names, namesIn } from './names.ts';
import { INNER, OUTER, TYPES } from './types.ts';
import { type LoggedEvent, useLog } from './useLog.ts';
import { titleOf } from './words.ts';

/** `names` are those that all events in view tell: what a session resolved names what its later events are about. */
function columnsOf(names: Names): readonly Column<LoggedEvent>[] {
  return [
    {
      id: 'what',
      title: 'What',
      width: 270,
      grows: 6,
      narrow: 'title',
      cell: (event) => <EventTitle event={event} names={names} />,
    },
    { id: 'about', title: 'About', width: 170, grows: 2, narrow: 'line', cell: ({ stream, subject }) => <About stream={stream} subject={subject} /> },
    {
      id: 'tenant',
      title: 'Tenant',
      width: 100,
      cell: ({ tenant }) => tenant && <PathLink to={`/tenants/${tenant.uuid}`}>{tenant.name}</PathLink>,
    },
    { id: 'who', title: 'Who', width: 150, cell: ({ actor }) => <By actor={actor} /> },
    { id: 'reason', title: 'Reason', width: 120, grows: 2, cell: ({ reason }) => reason && <span title={reason}>{reason}</span> },
    { id: 'when', title: 'When', width: 120, grows: 0, narrow: 'line', cell: ({ time }) => <Moment at={time} /> },
    { id: 'position', title: 'Position', width: 84, grows: 0, isNumber: true, cell: ({ position }) => <span className="mono">{position}</span> },
  ];
}

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
  const columns = useMemo(() => columnsOf(namesIn(shown.events ?? [])), [shown.events]);
  const change = (changed: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true });

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
          <Submitted label="Stream" placeholder="Stream, such as deployment-0190…" value={search.stream} change={(stream) => change({ stream })} />
          <Choice label="By whom" options={BY} value={search.by} onChange={(by) => change({ by })} />
          <Submitted label="Story" placeholder="Story, by its id" value={search.story} change={(story) => change({ story })} />
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
        columns={chosen(columns, search.columns)}
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

interface SubmittedProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  change: (value: string | undefined) => void;
}

/** A text of which only the whole finds anything: it counts once it is typed. */
function Submitted({ label, placeholder, value, change }: SubmittedProps) {
  const submit = (text: string) => {
    const wanted = text.trim() || undefined;
    if (wanted !== value) change(wanted);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      className={css.submitted}
      defaultValue={value ?? ''}
      key={value}
      onBlur={(event) => submit(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && submit(event.currentTarget.value)}
    />
  );
}
