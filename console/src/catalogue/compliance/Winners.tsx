import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { grouped } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const winnersFragment = graphql(`
  fragment Winners on DeploymentCountConnection { totalCount nodes { computerCount targetText deployment { uuid desired { text } } } }
`);

/** Which deployments decide an item, each on how many computers. */
export function Winners({ winners }: { winners: FragmentOf<typeof winnersFragment> }) {
  const { nodes, totalCount } = readFragment(winnersFragment, winners);
  if (nodes.length === 0) return null;
  const more = (totalCount ?? 0) - nodes.length;
  return (
    <section className="card">
      <h2>Deployments that decide</h2>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">For</th>
            <th scope="col">Wants</th>
            <th scope="col" className="number">
              Computers
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(({ deployment, targetText, computerCount }) => (
            <tr key={deployment?.uuid ?? targetText}>
              <td>{deployment ? <PathLink to={`/deployments/${deployment.uuid}`}>{targetText}</PathLink> : targetText}</td>
              <td>{deployment?.desired.text}</td>
              <td className="number">{grouped(computerCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="dimmed small">and {grouped(more)} more</p>}
    </section>
  );
}
