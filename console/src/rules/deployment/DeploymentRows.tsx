// Deployments in a few words each, on the pages of what they are about.

import { ItemLink } from '~/catalogue/item/ItemLink.tsx';
import { whichFragment } from '~/catalogue/item/which.ts';
import { type FragmentOf, graphql, type ResultOf, readFragment } from '~/kit/api/graphql.ts';
import { Mark } from '~/kit/text/Mark.tsx';
import { sentence } from '~/kit/text/words.ts';
import { PathLink } from '~/kit/url/PathLink.tsx';

export const deploymentRowFragment = graphql(
  `
  fragment DeploymentRow on Deployment {
    uuid status
    software { uuid name ...WhichSoftware } task { uuid name } cloudTask { uuid name }
    target { text }
    desired { text }
  }
`,
  [whichFragment],
);

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
        {readFragment(deploymentRowFragment, deployments).map((deployment) => (
          <DeploymentRow key={deployment.uuid} of={deployment} />
        ))}
      </tbody>
    </table>
  );
}

function DeploymentRow({ of: deployment }: { of: ResultOf<typeof deploymentRowFragment> }) {
  const { uuid, target, desired, status } = deployment;
  return (
    <tr>
      <td>
        <PathLink to={`/deployments/${uuid}`}>{target.text}</PathLink>
      </td>
      <td>
        <ItemLink of={deployment} />
      </td>
      <td>{desired.text}</td>
      <td>
        <Mark tone={status === 'ENABLED' ? 'good' : 'quiet'}>{sentence(status)}</Mark>
      </td>
    </tr>
  );
}
