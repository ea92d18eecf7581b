// What monitoring collected of a task: the newest value of each computer, and all that is kept of one of them.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { TenantSelect } from '~/fleet/tenant/TenantSelect.tsx';
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Value } from '~/kit/json/Value.tsx';
import { Empty, Loading } from '~/kit/state/PageBody.tsx';
import { type Cursors, Pager } from '~/kit/table/Pager.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Moment } from '~/kit/time/Moment.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import type { TaskSeen } from './actions.tsx';
import { whyNotServed } from './mode.ts';

/** Computers that are shown at once. */
export const VALUES_SHOWN = 50;

export const valuesFragment = graphql(`
  fragment TaskValues on CollectedValueConnection {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { value at session { uuid } computer { uuid name tenant { uuid name } } }
  }
`);

/** Of one computer, the oldest first. */
export const valueHistoryFragment = graphql(`
  fragment TaskValueHistory on CollectedValueConnection { totalCount nodes { value at session { uuid } } }
`);

interface Props {
  task: TaskSeen;
  values: FragmentOf<typeof valuesFragment>;
  cursors: Cursors;
  tenant: string | undefined;
  chooseTenant: (tenant: string | undefined) => void;
  /** Of the computer that was chosen; nothing of it before it was read. */
  history: History | undefined;
  close: () => void;
}

interface History {
  of: { uuid: string; name: string } | null | undefined;
  values: FragmentOf<typeof valueHistoryFragment> | undefined;
}

export function ValuesTab({ task, values, cursors, tenant, chooseTenant, history, close }: Props) {
  const { nodes, totalCount, pageInfo } = readFragment(valuesFragment, values);
  if (nodes.length === 0 && !tenant && !history) return <NoValue task={task} />;
  return (
    <div className="stack">
      {history && <ValueHistory {...history} close={close} />}
      <section className="card stack">
        <h2>Newest value of each computer</h2>
        <div className="bar">
          <TenantSelect aria-label="Tenant" placeholder="Every tenant" w={190} value={tenant} onChange={chooseTenant} />
        </div>
        {nodes.length === 0 && <p className="dimmed">None of its computers has told a value.</p>}
        {nodes.length > 0 && (
          <Wide label="Newest value of each computer">
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">Computer</th>
                  <th scope="col">Value</th>
                  <th scope="col">When</th>
                  <th scope="col">Earlier</th>
                </tr>
              </thead>
              <tbody>
                {nodes.map(({ computer, value, at, session }) => (
                  <tr key={computer?.uuid ?? at}>
                    <td>
                      {computer && <PathLink to={`/computers/${computer.uuid}`}>{computer.name}</PathLink>}{' '}
                      {computer?.tenant && <span className="dimmed small">{computer.tenant.name}</span>}
                    </td>
                    <td>
                      <Value value={value} />
                    </td>
                    <td>
                      <When at={at} session={session} />
                    </td>
                    <td>
                      {computer && (
                        <Link
                          from="/tasks/$id"
                          to="."
                          search={(before) => ({ ...before, computer: computer.uuid })}
                          replace
                          aria-label={`Earlier values of ${computer.name}`}
                        >
                          history
                        </Link>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        )}
        <Pager
          label="values"
          cursors={cursors}
          size={VALUES_SHOWN}
          shown={nodes.length}
          total={totalCount}
          endCursor={pageInfo.endCursor}
          hasNext={pageInfo.hasNextPage}
        />
      </section>
    </div>
  );
}

function NoValue({ task }: { task: TaskSeen }) {
  const why = whyNotServed('MONITOR', task);
  if (why) return <Empty title="It cannot be monitored">No value is collected: {why}.</Empty>;
  return (
    <Empty
      title="No value was collected yet"
      action={
        <PathLink to="/deployments/new" search={{ task: task.uuid }}>
          Write a deployment that monitors it
        </PathLink>
      }
    >
      Sessions collect its value where a deployment wants it monitored.
    </Empty>
  );
}

function When({ at, session }: { at: string; session: { uuid: string } | null }) {
  if (!session) return <Moment at={at} />;
  return (
    <PathLink to={`/sessions/${session.uuid}`}>
      <Moment at={at} />
    </PathLink>
  );
}

function ValueHistory({ of, values, close }: History & { close: () => void }) {
  const history = readFragment(valueHistoryFragment, values);
  return (
    <section className="card stack" aria-label="Values over time">
      <h2>Values over time{of && ` on ${of.name}`}</h2>
      {!history && <Loading />}
      {history?.nodes.length === 0 && <p className="dimmed">Its newest sessions collected none.</p>}
      {history && history.nodes.length > 0 && (
        <Wide label="Values over time">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Value</th>
              </tr>
            </thead>
            <tbody>
              {history.nodes.toReversed().map(({ value, at, session }) => (
                <tr key={`${at} ${session?.uuid}`}>
                  <td>
                    <When at={at} session={session} />
                  </td>
                  <td>
                    <Value value={value} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="dimmed small">What the 50 newest sessions of a computer told is kept at hand; its events keep the rest.</p>
        </Wide>
      )}
      <div className="bar">
        <Button size="compact-xs" onClick={close}>
          Close
        </Button>
      </div>
    </section>
  );
}
