// What can be done with an enrolment token. Whether the viewer may goes in here once the API says it of each.
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';
import { useMoment } from '~/kit/live/moment.ts';

const revokeMutation = graphql(`
  mutation RevokeEnrolmentToken($input: RevokeEnrolmentTokenInput!) {
    revokeEnrolmentToken(input: $input) { enrolmentToken { uuid } userErrors { code message field } position }
  }
`);

/** Of each token in a list; why nothing can be done in the past is said once, where tokens are created. */
export function RevokeToken({ id, tenant }: { id: string; tenant: string }) {
  if (useMoment()) return null;
  return (
    <DialogAction label="Revoke" size="compact-xs">
      {(dialog) => (
        <ChangeDialog
          {...dialog}
          title={`Revoke an enrolment token of ${tenant}`}
          label="Revoke it"
          isDangerous
          document={revokeMutation}
          variables={(options) => ({ input: { id, options } })}
          done={() => tell(`An enrolment token of ${tenant} is revoked`)}
        >
          <p className="plain small">Nobody enrols with it any more; agents that did stay. It cannot be taken back: create another one.</p>
        </ChangeDialog>
      )}
    </DialogAction>
  );
}
