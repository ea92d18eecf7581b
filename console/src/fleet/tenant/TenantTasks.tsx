// What is wanted of a tenant itself, not of its computers: its cloud tasks, with who decides.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Empty } from '~/kit/state/PageBody.tsx';
import { Wide } from '~/kit/table/Wide.tsx';
import { Mark } from '~/kit/text/Mark.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const tenantTasksFragment = graphql(`
  fragment TenantTasks on ItemResolutionConnection {
    nodes {
      isConflict
      cloudTask { uuid name }
      winner { explanation desired { text } deployment { uuid target { text } } }
    }
  }
`);

interface Props {
  resolution: FragmentOf<typeof tenantTasksFragment>;
  name: string;
}

export function TenantTasks({ resolution, name }: Props) {
  const { nodes } = readFragment(tenantTasksFragment, resolution);
  if (nodes.length === 0)
    return <Empty title="No cloud task concerns it">No deployment of a cloud task names {name}, a tenant above it, or every tenant.</Empty>;
  return (
    <section className="card">
      <h2>Cloud tasks</h2>
      <Wide label="Cloud tasks">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Wanted</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ cloudTask, winner, isConflict }) => (
              <tr key={cloudTask?.uuid}>
                <td>{cloudTask?.name}</td>
                <td>
                  {winner?.desired?.text ?? 'left alone'} {isConflict && <Mark tone="warn">Conflict</Mark>}
                </td>
                <td>
                  {winner?.deployment && <PathLink to={`/deployments/${winner.deployment.uuid}`}>{winner.deployment.target.text}</PathLink>}
                  <div className="dimmed small">{winner?.explanation ?? 'No deployment applies.'}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}
