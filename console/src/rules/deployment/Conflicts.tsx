// The deployments that say something else and are no less specific: which of the two wins is decided by its age alone.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Wide } from '~/kit/table/Wide.tsx';
import { PathLink } from '~/kit/url/PathLink.tsx';
import { toldFragment, toldIn, toldWords, useNamesIn } from './told.ts';

export const conflictsFragment = graphql(
  `
  fragment DeploymentConflicts on DeploymentCountConnection {
    totalCount
    nodes { targetText computerCount deployment { uuid task { uuid } desired { text } parameters { ...ToldToTask } } }
  }
`,
  [toldFragment],
);

export function Conflicts({ of }: { of: FragmentOf<typeof conflictsFragment> }) {
  const { nodes, totalCount } = readFragment(conflictsFragment, of);
  const names = useNamesIn(...nodes.map(({ deployment }) => deployment && toldIn(deployment.parameters)));
  if (nodes.length === 0)
    return <p className="card dimmed">It is in conflict with no other deployment: where it wins or loses, it does by more than its age.</p>;
  const more = (totalCount ?? 0) - nodes.length;
  return (
    <section className="card stack" aria-label="Conflicts">
      <p>These are as specific as this one and want something else. On the computers that they have in common the newer one wins, until somebody decides.</p>
      <Wide label="Conflicts">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">The other one is for</th>
              <th scope="col">It wants</th>
              <th scope="col" className="number">
                Computers
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ deployment, targetText, computerCount }) => (
              <tr key={deployment?.uuid ?? targetText}>
                <td>{deployment ? <PathLink to={`/deployments/${deployment.uuid}`}>{targetText}</PathLink> : targetText}</td>
                <td>
                  {deployment?.desired.text ?? <span className="dimmed">You may not see it.</span>}
                  {deployment?.task && <div className="dimmed small break">It tells its task {toldWords(toldIn(deployment.parameters), names)}.</div>}
                </td>
                <td className="number">{computerCount.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {more > 0 && <p className="dimmed">and {more.toLocaleString('en')} more.</p>}
    </section>
  );
}
