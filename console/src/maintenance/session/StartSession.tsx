// Has a computer brought into its state; what would run there is said before.
import { Link } from '@tanstack/react-router';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import type { Dialog } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { WhatRuns } from './WhatRuns.tsx';

const startSession = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) { session { uuid } userErrors { code message field } position }
  }
`);

/** Everything, one item, or what one deployment says of its item. */
export interface Subject {
  software?: { uuid: string; name: string } | undefined;
  deployment?: { uuid: string; software?: { name: string } | null } | undefined;
}

interface Props extends Dialog, Subject {
  computer: { uuid: string; name: string };
}

export function StartSession({ computer, software, deployment, ...dialog }: Props) {
  const what = software?.name ?? deployment?.software?.name ?? (deployment ? 'what this deployment says' : 'everything');
  return (
    <ChangeDialog
      {...dialog}
      title={`Run ${what} on ${computer.name}`}
      label="Start the session"
      document={startSession}
      variables={(options) => ({ input: { computerId: computer.uuid, softwareId: software?.uuid, deploymentId: deployment?.uuid, options } })}
      done={({ payload: { session } }) =>
        tell(
          `A session for ${computer.name} was started`,
          session && (
            <Link to="/sessions/$id" params={{ id: session.uuid }}>
              Watch it
            </Link>
          ),
        )
      }
    >
      <WhatRuns computerId={computer.uuid} softwareId={software?.uuid} deploymentId={deployment?.uuid} />
    </ChangeDialog>
  );
}
