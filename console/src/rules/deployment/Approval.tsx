// Has an optional deployment act on a computer, or not any more.
import type { Possibility } from '~/kit/action/Action.tsx';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { Undo } from '~/kit/action/Undo.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';
import { PreviewedDialog } from '../preview/PreviewedDialog.tsx';

const setApproval = graphql(`
  mutation SetApproval($input: SetComputerDeploymentApprovalInput!) {
    done: setComputerDeploymentApproval(input: $input) { position userErrors { code message field } }
  }
`);

interface Props {
  deploymentId: string;
  computer: { uuid: string; name: string };
  isApproved: boolean;
  may: Possibility | undefined;
}

/** In the past it is no question. */
export function Approval({ deploymentId, computer, isApproved, may }: Props) {
  if (useMoment()) return null;
  const verb = isApproved ? 'Withdraw the approval' : 'Approve';
  const input = { id: computer.uuid, deploymentId, isApproved: !isApproved };
  return (
    <div>
      <DialogAction label={`${verb}…`} size="compact-xs" may={may}>
        {({ isOpen, close }) => (
          <PreviewedDialog
            isOpen={isOpen}
            close={close}
            title={`${verb} for ${computer.name}`}
            verb={verb}
            isDangerous={isApproved}
            change={{ setComputerDeploymentApproval: input }}
            document={setApproval}
            variables={({ commandId, reason }) => ({ input: { ...input, options: { commandId, reason } } })}
            done={() =>
              tell(
                isApproved ? `It acts on ${computer.name} no more` : `It acts on ${computer.name}, from the next session on`,
                <Undo document={setApproval} input={{ ...input, isApproved }} />,
              )
            }
          />
        )}
      </DialogAction>
    </div>
  );
}
