// Deployments in a few words each, on the pages of what they are about.
import { type FragmentOf, graphql, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const deploymentRowFragment = graphql(`
  fragment DeploymentRow on Deployment {
    uuid status
    software { uuid name } cloudTask { uuid name }
    target { text }
    desired { text }
  }
`);

export function DeploymentRows({ deployments }: { deployments: readonly FragmentOf<typeof deploymentRowFragment>[] }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th scope="col">For</th>
          <th scope="col">Item</th>
          <th scope="col">Wants</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {readFragment(deploymentRowFragment, deployments).map(({ uuid, target, software, cloudTask, desired, status }) => (
          <tr key={uuid}>
            <td>
              <PathLink to={`/deployments/${uuid}`}>{target.text}</PathLink>
            </td>
            <td>{software ? <PathLink to={`/software/${software.uuid}`}>{software.name}</PathLink> : cloudTask?.name}</td>
            <td>{desired.text}</td>
            <td>
              <Mark tone={status === 'ENABLED' ? 'good' : 'quiet'}>{sentence(status)}</Mark>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
