// What can be done with a session: end it, or have the same once more.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Action, type Possibility } from '~/kit/action/Action.tsx';
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { subjectOf } from './words.ts';

const cancelMutation = graphql(`
  mutation CancelSession($input: CancelSessionInput!) {
    cancelSession(input: $input) { position userErrors { code message field } session { uuid } }
  }
`);

const startMutation = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) { position userErrors { code message field } session { uuid } }
  }
`);

interface CancelProps {
  session: { uuid: string };
  may?: Possibility | undefined;
}

export function CancelSession({ session: { uuid }, may }: CancelProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Action may={may} onClick={() => setOpen(true)} color="red" variant="light">
        Cancel
      </Action>
      <ChangeDialog
        isOpen={isOpen}
        close={() => setOpen(false)}
        title="Cancel this session"
        label="Cancel the session"
        isDangerous
        document={cancelMutation}
        variables={({ commandId, reason }) => ({ input: { id: uuid, options: { commandId, reason } } })}
        done={() => tell('The session is cancelled', '“Run again” starts the same anew.')}
      >
        <p className="small">
          A script that runs is stopped, with all that it has started. What was done already stays; actions that are not done yet end as cancelled.
        </p>
      </ChangeDialog>
    </>
  );
}

interface RunAgainProps {
  computer: { uuid: string; name: string };
  kind: string;
  software: { uuid: string; name: string } | null;
  deployment: { uuid: string; software: { name: string } | null } | null;
  may?: Possibility | undefined;
}

export function RunAgain({ computer, kind, software, deployment, may }: RunAgainProps) {
  const [isOpen, setOpen] = useState(false);
  const subject = subjectOf({ kind, software, deployment });
  // What the session was about may be out of reach by now; then the same cannot be asked for.
  const isKnown = kind === 'FULL' || (kind === 'SINGLE_ITEM' ? software !== null : deployment !== null);
  const possibility = isKnown || may?.isAllowed === false ? may : { isAllowed: false, reason: 'what it was about is out of your reach.' };
  return (
    <>
      <Action may={possibility} onClick={() => setOpen(true)}>
        Run again
      </Action>
      <ChangeDialog
        isOpen={isOpen}
        close={() => setOpen(false)}
        title={`Run again on ${computer.name}`}
        label="Run"
        document={startMutation}
        variables={({ commandId, reason }) => ({
          input: {
            computerId: computer.uuid,
            softwareId: kind === 'SINGLE_ITEM' ? software?.uuid : undefined,
            deploymentId: kind === 'AD_HOC' ? deployment?.uuid : undefined,
            options: { commandId, reason },
          },
        })}
        done={({ payload }) =>
          tell(
            'A session was asked for',
            payload.session && (
              <Link to="/sessions/$id" params={{ id: payload.session.uuid }}>
                Watch it
              </Link>
            ),
          )
        }
      >
        <p className="small">
          {subject === 'Everything' ? 'Everything that deployments want there now' : `${subject}: what is wanted of it now`} is looked at and brought about;
          what is wanted may have changed since.
        </p>
      </ChangeDialog>
    </>
  );
}
