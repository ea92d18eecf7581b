// What can be done with an enrolment token.
import { ChangeDialog } from '~/kit/action/ChangeDialog.tsx';
import { DialogAction } from '~/kit/action/DialogAction.tsx';
import { type May, possible } from '~/kit/action/may.ts';
import { tell } from '~/kit/action/tell.tsx';
import { graphql } from '~/kit/api/graphql.ts';

const revokeMutation = graphql(`
  mutation RevokeEnrolmentToken($input: RevokeEnrolmentTokenInput!) {
    revokeEnrolmentToken(input: $input) { enrolmentToken { uuid } userErrors { code message field } position }
  }
`);

/** Of each token in a list; why it cannot be done is said once, where tokens are created. */
export function RevokeToken({ id, tenant, may }: { id: string; tenant: string; may: May }) {
  return (
    <DialogAction label="Revoke" isInRow may={possible(may, 'revokeEnrolmentToken')}>
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
