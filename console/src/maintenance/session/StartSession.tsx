// Has a computer brought into its state; what would run there is said before.
import { Link } from '@tanstack/react-router';
import { type Item, idsOfItem, itemIn, type OfItem } from '~/catalogue/item/item.ts';
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
  item?: Item | undefined;
  deployment?: ({ uuid: string } & OfItem) | undefined;
}

interface Props extends Dialog, Subject {
  computer: { uuid: string; name: string };
}

export function StartSession({ computer, item, deployment, ...dialog }: Props) {
  const what = item?.name ?? itemIn(deployment ?? {})?.name ?? (deployment ? 'what this deployment says' : 'everything');
  return (
    <ChangeDialog
      {...dialog}
      title={`Run ${what} on ${computer.name}`}
      label="Start the session"
      document={startSession}
      variables={(options) => ({ input: { computerId: computer.uuid, ...idsOfItem(item), deploymentId: deployment?.uuid, options } })}
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
      <WhatRuns computerId={computer.uuid} item={item} deploymentId={deployment?.uuid} />
    </ChangeDialog>
  );
}
